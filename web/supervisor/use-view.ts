/** Which part of the page is shown: named in the address, so that it can be kept as a bookmark and gone back to. */
import { useEffect, useState } from 'preact/hooks'

export const views = ['callbacks', 'answers', 'appointments', 'report', 'settings'] as const
export type View = (typeof views)[number]

const isView = (name: string): name is View => (views as readonly string[]).includes(name)

export function useView(): View {
  const [view, setView] = useState<View>(() => named() ?? 'callbacks')
  useEffect(() => {
    // Other fragments lead to places in the page.
    const follow = () => setView((before) => (location.hash === '' ? 'callbacks' : (named() ?? before)))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return view
}

function named(): View | undefined {
  const name = location.hash.slice(1)
  return isView(name) ? name : undefined
}
