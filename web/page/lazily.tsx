/** A part of a page that few need at once: its code is fetched when it is first shown. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../language/language.ts'
import { Notice } from './notice.tsx'

/** @param meanwhile what is shown until it is there: `nothing` for a part that most often shows nothing. */
export function lazily<P extends object>(
  load: () => Promise<ComponentType<P>>,
  meanwhile: 'loading' | 'nothing' = 'loading',
): ComponentType<P> {
  let loading: Promise<ComponentType<P>> | undefined
  return (props: P) => {
    const [found, setFound] = useState<{ readonly Part: ComponentType<P> } | 'failed'>()
    useEffect(() => {
      loading ??= load()
      loading.then(
        (Part) => setFound({ Part }),
        () => {
          loading = undefined
          setFound('failed')
        },
      )
    }, [])
    if (found === 'failed') return <Notice color="danger">{t('errorUnavailable')}</Notice>
    if (found === undefined) return meanwhile === 'nothing' ? null : <p class="quiet loading">{t('loading')}</p>
    const { Part } = found
    return <Part {...props} />
  }
}
