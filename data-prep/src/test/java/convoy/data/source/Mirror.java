package convoy.data.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server on this machine that gives its answers in order, the last one again and again. */
final class Mirror implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private final List<String> conditions = new CopyOnWriteArrayList<>();

  /** What it does with a request. */
  @FunctionalInterface
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private Mirror(HttpServer server) {
    this.server = server;
  }

  static Mirror answering(Answer... answers) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Mirror mirror = new Mirror(server);
    server.createContext(
        "/",
        exchange -> {
          mirror.ranges.add(header(exchange, "Range"));
          mirror.conditions.add(header(exchange, "If-Range"));
          int index = Math.min(mirror.ranges.size(), answers.length) - 1;
          try (exchange) {
            answers[index].to(exchange);
          }
        });
    server.setExecutor(mirror.threads);
    server.start();
    return mirror;
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  /** The whole file, whatever range was asked for. */
  static Answer whole(byte[] content) {
    return cutAfter(content.length, content);
  }

  /** The start of the file, then the connection is closed. */
  static Answer cutAfter(int count, byte[] content) {
    return exchange -> {
      exchange.getResponseHeaders().add("ETag", "\"one\"");
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, count);
      exchange.getResponseBody().flush();
    };
  }

  /** The range asked for. */
  static Answer range(byte[] content) {
    return exchange -> {
      String range = header(exchange, "Range");
      int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
      exchange
          .getResponseHeaders()
          .add(
              "Content-Range",
              "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
      exchange.sendResponseHeaders(206, content.length - from);
      exchange.getResponseBody().write(content, from, content.length - from);
    };
  }

  static Answer status(int status) {
    return exchange -> exchange.sendResponseHeaders(status, -1);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/file");
  }

  /** The Range header of each request so far, empty where there was none. */
  List<String> ranges() {
    return ranges;
  }

  /** The If-Range header of each request so far, empty where there was none. */
  List<String> conditions() {
    return conditions;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
