// Run by set-up: has mediasoup start the given worker and open a router on it. Fails when any of that does.
import { createWorker } from 'mediasoup'

const worker = await createWorker({ workerBin: process.argv[2], logLevel: 'error' })
await worker.createRouter({
  mediaCodecs: [
    { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
    { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  ],
})
worker.close()
