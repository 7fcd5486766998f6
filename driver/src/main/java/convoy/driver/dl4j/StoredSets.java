package convoy.driver.dl4j;

import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.datavec.spark.util.BroadcastHadoopConfigHolder;
import org.datavec.spark.util.SerializableHadoopConfig;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.deeplearning4j.spark.iterator.PathSparkDataSetIterator;
import org.deeplearning4j.spark.iterator.PathSparkMultiDataSetIterator;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Data sets in files, read by dl4j-spark's own iterators.
 *
 * @param loader null where {@code multiLoader} reads
 */
record StoredSets(DataSetLoader loader, MultiDataSetLoader multiLoader) {
  JavaPairRDD<Long, PackedExamples> read(JavaSparkContext spark, JavaRDD<String> paths) {
    Broadcast<SerializableHadoopConfig> hadoop = BroadcastHadoopConfigHolder.get(spark);
    DataSetLoader single = loader;
    MultiDataSetLoader multi = multiLoader;
    return ExampleShards.numbered(paths, path -> set(path, single, multi, hadoop));
  }

  private static MultiDataSet set(
      String path,
      DataSetLoader single,
      MultiDataSetLoader multi,
      Broadcast<SerializableHadoopConfig> hadoop) {
    return multi == null
        ? new PathSparkDataSetIterator(List.of(path), single, hadoop).next().toMultiDataSet()
        : new PathSparkMultiDataSetIterator(List.of(path), multi, hadoop).next();
  }
}
