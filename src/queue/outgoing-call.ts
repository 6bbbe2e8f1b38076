/**
 * How a call to a jobseeker begins. The seam for telephony: whoever implements it over SIP (Asterisk's ARI, say) rings the
 * advisor, then the jobseeker, and tells the advisor's page that it has; what came of the call is told as an attempt with
 * the same token, by the advisor or by that implementation.
 */
import type { Call, Callback } from '../protocol/callback.ts'

export interface OutgoingCalls {
  /** @returns what the advisor's page is to do. What it throws leaves the callback with the advisor, who may call by hand. */
  begin(callback: Callback, token: number): Promise<Call>
}

/** The advisor's own telephone program dials; a room is opened by whoever enters it first. */
export const linkedCalls: OutgoingCalls = {
  async begin({ medium, jobseeker, phone }) {
    if (medium !== 'phone') return { room: jobseeker }
    return phone === undefined ? {} : { link: `tel:${phone.replace(/[^+0-9]/g, '')}` }
  },
}
