package convoy.driver.predict;

import java.util.function.IntConsumer;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Counts the tasks that end well; told of them on Spark's thread for listeners. */
final class TaskProgress extends SparkListener {
  private final IntConsumer progress;
  private int ended;

  TaskProgress(IntConsumer progress) {
    this.progress = progress;
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.taskInfo().successful()) {
      ended++;
      progress.accept(ended);
    }
  }
}
