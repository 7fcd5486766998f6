package convoy.driver.predict;

import convoy.data.ImageShape;
import convoy.driver.CommandLineException;
import convoy.driver.dataset.DatasetManifest.Counts;
import convoy.driver.dataset.PartFile;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** All splits of a prepared set; one part for each stretch of its files. */
record PreparedSource(PreparedDataset set) implements ImageSource {
  @Override
  public String kind() {
    return "prepared";
  }

  @Override
  public void check(ImageShape shape) {
    if (!set.shape().equals(shape)) {
      throw ImageSource.otherShape(set.root(), set.shape(), shape);
    }
  }

  @Override
  public Inventory count(Files files, Path place) {
    Counts counts = set.manifest().counts();
    if (counts.train() + counts.test() == 0) {
      throw new CommandLineException("--images %s: holds no images.".formatted(set.root()));
    }
    return new Inventory(counts.train() + counts.test(), set.manifest().checksum());
  }

  @Override
  public List<ImagePart> parts(Files files, Path place, Inventory inventory, long imagesPerPart)
      throws IOException {
    String checksum = set.manifest().checksum();
    if (!checksum.equals(inventory.fingerprint())) {
      throw ImageSource.changed(set.root(), inventory, checksum);
    }
    Counts counts = set.manifest().counts();
    Map<String, Long> splits =
        new TreeMap<>(Map.of("train", counts.train(), "test", counts.test()));
    List<ImagePart> parts = new ArrayList<>();
    for (Map.Entry<String, Long> split : splits.entrySet()) {
      if (split.getValue() > 0) {
        String name = new Path(set.root(), split.getKey()).toString();
        for (PartFile file : set.partFiles(split.getKey(), files.hadoop())) {
          parts.add(new ImagePart.Rows(parts.size(), file, name));
        }
      }
    }
    return parts;
  }
}
