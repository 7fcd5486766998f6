package convoy.driver.dl4j;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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
  JavaRDD<MultiDataSet> read(JavaSparkContext spark, JavaRDD<String> paths) {
    Broadcast<SerializableHadoopConfig> hadoop = BroadcastHadoopConfigHolder.get(spark);
    DataSetLoader single = loader;
    MultiDataSetLoader multi = multiLoader;
    return paths.mapPartitions(part -> sets(part, single, multi, hadoop));
  }

  private static Iterator<MultiDataSet> sets(
      Iterator<String> paths,
      DataSetLoader single,
      MultiDataSetLoader multi,
      Broadcast<SerializableHadoopConfig> hadoop) {
    List<MultiDataSet> sets = new ArrayList<>();
    if (multi == null) {
      new PathSparkDataSetIterator(paths, single, hadoop)
          .forEachRemaining(set -> sets.add(set.toMultiDataSet()));
    } else {
      new PathSparkMultiDataSetIterator(paths, multi, hadoop).forEachRemaining(sets::add);
    }
    return sets.iterator();
  }
}
