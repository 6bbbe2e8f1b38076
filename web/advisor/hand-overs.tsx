/** Who was just handed over to this advisor, by whom and why, until they have read it. */
import { useEffect, useState } from 'preact/hooks'
import type { DataOf, Visavis } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Words } from '../language/words.tsx'
import { announce } from '../page/announcer.tsx'
import { Notice } from '../page/notice.tsx'

type Transferred = DataOf<'enrolment.transferred'>

export interface HandOversProps {
  readonly visavis: Visavis
  readonly self: string
  readonly onSelect: (jobseeker: string) => void
}

export const HandOvers = ({ visavis, self, onSelect }: HandOversProps) => {
  const [received, setReceived] = useState<readonly Transferred[]>([])
  const nameOf = (jobseeker: string) =>
    visavis.chat.channels.find(({ channel }) => channel === jobseeker)?.jobseeker.name ?? jobseeker
  useEffect(
    () =>
      visavis.on('enrolment.transferred', (transferred) => {
        if (transferred.to !== self) return
        setReceived((before) => [...before, transferred])
        announce(t('handedOverAloud'))
      }),
    [visavis, self],
  )
  return received.map((transferred) => {
    const { jobseeker, at, reason } = transferred
    const forget = () => setReceived((before) => before.filter((other) => other !== transferred))
    return (
      <Notice key={`${jobseeker}/${at}`} color="info">
        <p>
          <Words of="handedOver" values={{ name: nameOf(jobseeker) }} />
        </p>
        {reason === undefined ? null : (
          <p dir="auto" class="quiet">
            {reason}
          </p>
        )}
        <p class="notice__actions">
          <button
            type="button"
            class="text-button"
            onClick={() => {
              forget()
              onSelect(jobseeker)
            }}
          >
            {t('openConversation')}
          </button>
          <button type="button" class="text-button" onClick={forget}>
            {t('understood')}
          </button>
        </p>
      </Notice>
    )
  })
}
