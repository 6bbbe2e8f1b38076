/** In a browser: enters a webcam room and shows who else is in it. */
import { openCamera, type Room, type Visavis } from '../index.ts'

export async function enterRoom(visavis: Visavis, jobseeker: string, video: HTMLVideoElement): Promise<Room> {
  const { stream } = await openCamera()
  const room = visavis.rooms.join(jobseeker, { stream })
  room.onChange(() => {
    const stream = room.remotes[0]?.stream ?? null
    // Setting it again, though it is the same, would make the picture begin anew.
    if (video.srcObject !== stream) video.srcObject = stream
  })
  // Rejects with a VisavisError when the person may not enter. Afterwards the room heals by itself until `leave()`.
  await room.ready
  return room
}
