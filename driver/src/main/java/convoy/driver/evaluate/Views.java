package convoy.driver.evaluate;

import convoy.data.augment.View;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How an evaluation looks at each image; the mean of the views' probabilities counts. */
public enum Views {
  /** As it is. */
  NONE,

  /** And mirrored left to right. */
  MIRROR,

  /** And moved by one pixel in each of the four directions. */
  SHIFT,

  /** All of these, each of them mirrored as well. */
  MIRROR_SHIFT;

  /** The views, the plain one first. */
  List<View> views() {
    List<View> views = new ArrayList<>(List.of(View.PLAIN));
    if (this == SHIFT || this == MIRROR_SHIFT) {
      views.addAll(
          List.of(
              new View(1, 0, false),
              new View(-1, 0, false),
              new View(0, 1, false),
              new View(0, -1, false)));
    }
    if (this == MIRROR || this == MIRROR_SHIFT) {
      List<View> mirrored =
          views.stream().map(view -> new View(view.down(), view.right(), true)).toList();
      return Stream.concat(views.stream(), mirrored.stream()).toList();
    }
    return views;
  }
}
