package convoy.data.format;

import convoy.data.InvalidDataException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file (ISO/IEC 15948, section 5), which the JDK's reader takes without looking
 * at their checksums.
 */
final class PngChunks {
  static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private static final int TRANSPARENCY = 0x74524e53;
  private static final int END = 0x49454e44;
  private static final int ANCILLARY = 0x2000_0000;

  /** Length, type and checksum. */
  private static final int FRAME = 12;

  private PngChunks() {}

  /**
   * The file without what does not belong to its pixels: texts and profiles, which could unpack to
   * any size.
   *
   * @throws InvalidDataException if a chunk is damaged or the last one is not there
   */
  static byte[] picture(String name, byte[] file) {
    ByteArrayOutputStream picture = new ByteArrayOutputStream(file.length);
    picture.writeBytes(SIGNATURE);
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int at = SIGNATURE.length;
    while (true) {
      if (file.length - at < FRAME || bytes.getInt(at) > file.length - at - FRAME) {
        throw new InvalidDataException(
            "%s: the PNG file is cut off after %d bytes. Fetch it again."
                .formatted(name, file.length));
      }
      int length = bytes.getInt(at);
      if (length < 0 || checksum(file, at + 4, length + 4) != bytes.getInt(at + 8 + length)) {
        throw new InvalidDataException(
            "%s: the PNG file is damaged: the chunk at byte %d does not have its checksum. Fetch it again."
                .formatted(name, at));
      }
      int type = bytes.getInt(at + 4);
      if ((type & ANCILLARY) == 0 || type == TRANSPARENCY) {
        picture.write(file, at, FRAME + length);
      }
      if (type == END) {
        return picture.toByteArray();
      }
      at += FRAME + length;
    }
  }

  private static int checksum(byte[] bytes, int from, int count) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, count);
    return (int) crc.getValue();
  }
}
