/** The record that the address names (`#record/<appointment>`), as the link of a mail does. */
import { useEffect, useState } from 'preact/hooks'

const prefix = '#record/'

export function useNamedRecord(): { readonly appointment: string | undefined; readonly close: () => void } {
  const [appointment, setAppointment] = useState(named)
  useEffect(() => {
    const follow = () => setAppointment(named())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return {
    appointment,
    close() {
      // Closed, it is not opened again by loading the page.
      history.replaceState(history.state, '', location.pathname + location.search)
      setAppointment(undefined)
    },
  }
}

function named(): string | undefined {
  const { hash } = location
  return hash.startsWith(prefix) && hash.length > prefix.length ? hash.slice(prefix.length) : undefined
}
