/** *Pure.* RTP packets of VP8 pictures (RFC 3550 §5.1, RFC 7741 §4.2), as far as whoever forwards them looks. */

/** One picture of one layer. */
export interface Picture {
  readonly bytes: number
  readonly key: boolean
  readonly width: number
  readonly height: number
  /** 0, 1 or 2: without the higher ones the others are a slower film. */
  readonly temporalLayer: number
  /** It needs pictures of the lowest temporal layer alone: from here on a higher one may be sent. */
  readonly layerSync: boolean
}

/** Where a picture stands in its stream. */
export interface Place {
  readonly payloadType: number
  readonly ssrc: number
  /** Of its first packet. */
  readonly sequence: number
  /** In 1/90,000 s. */
  readonly timestamp: number
  readonly pictureId: number
  /** Counts the pictures of the lowest temporal layer; `keyIndex` the key frames. */
  readonly tl0Index: number
  readonly keyIndex: number
}

/** As browsers cut pictures: with headers and encryption a packet stays below what networks carry whole. */
const mostBytes = 1_180
const headerBytes = 12
const descriptorBytes = 6

export const packetCount = ({ bytes }: Pick<Picture, 'bytes'>): number => Math.max(1, Math.ceil(bytes / mostBytes))

/** In pieces of nearly equal size, the last one marked. What a decoder would read is not in them. */
export function packetsOf(picture: Picture, place: Place): Buffer[] {
  const count = packetCount(picture)
  return Array.from({ length: count }, (_, n) => {
    const share = Math.floor(picture.bytes / count) + (n < picture.bytes % count ? 1 : 0)
    const packet = Buffer.alloc(headerBytes + descriptorBytes + Math.max(share, firstBytes), filler)
    packet.writeUInt8(0x80, 0)
    packet.writeUInt8((n === count - 1 ? 0x80 : 0) | place.payloadType, 1)
    packet.writeUInt16BE((place.sequence + n) % 65_536, 2)
    packet.writeUInt32BE(place.timestamp % 4_294_967_296, 4)
    packet.writeUInt32BE(place.ssrc, 8)
    describe(packet.subarray(headerBytes), picture, place, n === 0)
    return packet
  })
}

const filler = 0x55
/** Frame tag, start code and size: what a key frame begins with. */
const firstBytes = 10

function describe(payload: Buffer, picture: Picture, { pictureId, tl0Index, keyIndex }: Place, first: boolean): void {
  const { key, temporalLayer, layerSync, width, height } = picture
  const droppable = temporalLayer === 2
  payload.writeUInt8(0x80 | (droppable ? 0x20 : 0) | (first ? 0x10 : 0), 0)
  // Picture id, index of the lowest temporal layer, temporal layer and key index follow.
  payload.writeUInt8(0xf0, 1)
  payload.writeUInt16BE(0x8000 | (pictureId % 32_768), 2)
  payload.writeUInt8(tl0Index % 256, 4)
  payload.writeUInt8((temporalLayer << 6) | (layerSync ? 0x20 : 0) | (keyIndex % 32), 5)
  if (!first) return
  payload.writeUInt8(key ? 0x10 : 0x11, descriptorBytes)
  if (!key) return
  payload.writeUIntBE(0x9d012a, descriptorBytes + 3, 3)
  payload.writeUInt16LE(width, descriptorBytes + 6)
  payload.writeUInt16LE(height, descriptorBytes + 8)
}
