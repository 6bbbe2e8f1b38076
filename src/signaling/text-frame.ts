/**
 * Pure: what is written to a socket. A frame from a server is not masked, so its bytes are the same for everybody: they are
 * made once, whatever the audience, and a client that reads late keeps none of its own.
 */

/** A text as one WebSocket text frame (RFC 6455 §5.2): final, not masked, not compressed. */
export function textFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text)
  const begin = bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(begin + bytes)
  frame[0] = finalText
  if (bytes < 126) frame[1] = bytes
  else if (bytes < 65_536) {
    frame[1] = 126
    frame.writeUInt16BE(bytes, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(bytes), 2)
  }
  frame.write(text, begin)
  return frame
}

/** FIN, and the opcode of a text. */
const finalText = 0x81
