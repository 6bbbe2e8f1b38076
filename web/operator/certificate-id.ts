/**
 * Pure: whether a limit was set by a certificate, whose id is a SHA-256, or by somebody's hand, who writes words. A node that took one
 * before it kept what certificates say has nothing else to tell them apart by.
 */
export const isCertificate = (id: string): boolean => /^[0-9a-f]{64}$/.test(id)
