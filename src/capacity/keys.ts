/** Key of the certificate that a region was given last. */
import { key } from '../store/key.ts'

/** string  JSON of CertificateSummary; until another one is handed over */
export const certifiedKey = (region: string) => key('capacity', region, 'certified')
