/** What a room of real browsers costs against a synthetic one, as `npm run bench -- rooms` has measured it and kept. */
import kept from '../latest/results/rooms.json' with { type: 'json' }

/** The dearer end of its interval: congestion control, ICE and DTLS, which synthetic participants do without. */
export const webrtcCost: number = Math.max(1, kept.ratios.webrtc_vs_synthetic_cpu.high)
