package convoy.driver.gpu;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** The environment as native libraries see it: Java's own view of it is a copy. */
interface LibC extends Library {
  LibC INSTANCE = Native.loadLibrary("c", LibC.class);

  /** Sets a variable of this process; 0 if it went well. */
  int setenv(String name, String value, int overwrite);
}
