package convoy.driver.cli;

import convoy.data.InvalidDataException;
import convoy.driver.CommandLineException;
import convoy.driver.dataset.NamedDatasets;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.RunDirectory;
import convoy.driver.store.RunRecord;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.Engine;

/** Which images a run's network can be shown. */
final class TrainedOn {
  private TrainedOn() {}

  /** By name where it has one, so that it is found, or made, on another machine too. */
  static String data(RunRecord record) {
    return record.settings().get("data") instanceof String name && NamedDatasets.isName(name)
        ? name
        : record.dataset().uri();
  }

  /** Refuses images of another shape or with other classes. */
  static void check(RunRecord.Dataset trained, PreparedDataset dataset) {
    if (!shape(trained).equals(dataset.shape().toString())) {
      throw new CommandLineException(
          "--data %s: images are %s, but the run was trained on %s. Name a set of that shape."
              .formatted(dataset.root(), dataset.shape(), shape(trained)));
    }
    if (!trained.classes().equals(dataset.classes())) {
      throw new CommandLineException(
          "--data %s: classes are %s, but the run was trained on %s. Name a set with those classes."
              .formatted(dataset.root(), dataset.classes(), trained.classes()));
    }
  }

  /**
   * What runs a model's network.
   *
   * @param option that names the run
   * @throws InvalidDataException if the model is not one of this run
   */
  static Engine engine(String option, RunDirectory run, RunRecord record, ModelArchive model) {
    Engine engine = Engine.dl4j(model.configuration());
    if (!engine.input().toString().equals(shape(record.dataset()))) {
      throw new InvalidDataException(
          "%s %s: the network in its model.zip takes images of %s, but the run was trained on %s. The file is another run's: put back the run's own, or train again."
              .formatted(option, run.root(), engine.input(), shape(record.dataset())));
    }
    if (!model.labels().equals(record.dataset().classes())) {
      throw new InvalidDataException(
          "%s %s: the classes in its model.zip are %s, but the run was trained on %s. The file is another run's: put back the run's own, or train again."
              .formatted(option, run.root(), model.labels(), record.dataset().classes()));
    }
    return engine;
  }

  /** Refuses to compare networks that cannot be shown the same images. */
  static void requireAlike(RunRecord baseline, RunRecord candidate) {
    if (!shape(baseline.dataset()).equals(shape(candidate.dataset()))) {
      throw new CommandLineException(
          "--candidate: was trained on images of %s, the baseline on %s. Compare runs on images of one shape."
              .formatted(shape(candidate.dataset()), shape(baseline.dataset())));
    }
    if (!baseline.dataset().classes().equals(candidate.dataset().classes())) {
      throw new CommandLineException(
          "--candidate: knows the classes %s, the baseline %s. Compare runs with the same classes."
              .formatted(candidate.dataset().classes(), baseline.dataset().classes()));
    }
  }

  private static String shape(RunRecord.Dataset trained) {
    return "%dx%dx%d".formatted(trained.height(), trained.width(), trained.channels());
  }
}
