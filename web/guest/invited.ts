/** The invitation of this tab: from the link, or from before the page was loaded again. */

export interface Invited {
  readonly room: string
  readonly token: string
}

const storageKey = 'visavis.invitation'

/** Takes the link out of the address, so that it does not stay in the history of the browser. */
export function invited(): Invited | undefined {
  const told = new URLSearchParams(location.hash.slice(1))
  const [room, token] = [told.get('room'), told.get('token')]
  if (room !== null && token !== null) {
    sessionStorage.setItem(storageKey, JSON.stringify({ room, token }))
    history.replaceState(null, '', location.pathname)
    return { room, token }
  }
  const stored = sessionStorage.getItem(storageKey)
  return stored === null ? undefined : (JSON.parse(stored) as Invited)
}
