import type { Certificate } from '../../../src/capacity/certificate.ts'
import type { Findings } from '../findings.ts'
export const reportPage = (findings: Findings, certificate: Certificate): string => `${findings.verdict.word}${certificate.id}`
