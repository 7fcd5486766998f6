package convoy.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands in for the API server of a Kubernetes cluster, which cannot run here: keeps what it is
 * asked to create, says that it was created, and of each pod that it has done its work. It starts
 * none.
 */
final class ApiServer implements AutoCloseable {
  private final ObjectMapper json = new ObjectMapper();
  private final List<JsonNode> created = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  ApiServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What was created so far, of one kind. */
  List<JsonNode> created(String kind) {
    return created.stream().filter(each -> each.at("/kind").asText().equals(kind)).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream body = exchange.getRequestBody()) {
      String method = exchange.getRequestMethod();
      if (method.equals("POST") || method.equals("PATCH")) {
        ObjectNode resource = (ObjectNode) json.readTree(body.readAllBytes());
        created.add(resource.deepCopy());
        resource.withObject("/metadata").put("uid", "uid-" + created.size());
        send(exchange, method.equals("POST") ? 201 : 200, resource);
      } else if (exchange.getRequestURI().toString().contains("watch=true")) {
        ObjectNode event = json.createObjectNode().put("type", "MODIFIED");
        send(exchange, 200, event.set("object", done(created("Pod").get(0))));
      } else if (pod(exchange).isPresent()) {
        send(exchange, 200, done(pod(exchange).get()));
      } else if (exchange.getRequestURI().getPath().matches(".*/(pods|configmaps|services)")) {
        ObjectNode list = json.createObjectNode().put("kind", "List").put("apiVersion", "v1");
        list.putArray("items");
        send(exchange, 200, list);
      } else {
        send(exchange, 404, json.createObjectNode().put("kind", "Status").put("code", 404));
      }
    }
  }

  /** The pod that a request names. */
  private Optional<JsonNode> pod(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    return created("Pod").stream()
        .filter(pod -> path.endsWith("/pods/" + pod.at("/metadata/name").asText()))
        .findFirst();
  }

  private static ObjectNode done(JsonNode pod) {
    ObjectNode done = pod.deepCopy();
    done.withObject("/status").put("phase", "Succeeded");
    return done;
  }

  private void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
    byte[] bytes = json.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
