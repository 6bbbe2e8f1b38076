/** After a talk: two questions, for whoever likes to answer. */
import { useId, useMemo, useState } from 'preact/hooks'
import { Opinions } from '../../client/opinions.ts'
import { sentenceOf } from '../language/failures.ts'
import { type Key, t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { pages } from '../page/place.ts'
import { currentToken } from '../page/signed-in.ts'
import { useAct } from '../page/use-act.ts'
import { barOf } from './obstacle.ts'

const stars = [1, 2, 3, 4, 5] as const

const Question = ({
  text,
  chosen,
  onChoose,
}: {
  text: string
  chosen?: number | undefined
  onChoose: (star: number) => void
}) => {
  const id = useId()
  return (
    <fieldset class="ds-fieldset opinion">
      <legend class="ds-label">{text}</legend>
      <p class="quiet opinion__ends">
        <span>{t('opinionLow')}</span> <span>{t('opinionHigh')}</span>
      </p>
      <div class="opinion__stars">
        {stars.map((star) => (
          <label key={star} class="opinion__star">
            <input
              class="ds-input"
              type="radio"
              name={id}
              checked={chosen === star}
              aria-label={t('opinionStar', { n: star })}
              onChange={() => onChoose(star)}
            />
            <span aria-hidden="true">{star}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

export interface OpinionProps {
  readonly appointment: string
  /** It was answered, or not: it goes. */
  readonly onDone: () => void
}

const bars: Readonly<Record<string, Key>> = {
  noTalk: 'opinionNoTalk',
  late: 'opinionLate',
  answered: 'opinionAnswered',
}
const wordsOf = (error: unknown): Key => bars[barOf(error) ?? ''] ?? sentenceOf(error)

export const Opinion = ({ appointment, onDone }: OpinionProps) => {
  const opinions = useMemo(() => new Opinions({ url: pages, token: currentToken }), [])
  const [talk, setTalk] = useState<number>()
  const [media, setMedia] = useState<number>()
  const act = useAct(wordsOf)
  const send = async () => {
    const opinion = { ...(talk === undefined ? {} : { talk }), ...(media === undefined ? {} : { media }) }
    if (!(await act.run(() => opinions.give(appointment, opinion)))) return
    announce(t('opinionThanks'))
    onDone()
  }
  return (
    <section class="ds-card panel side opinions" data-color="neutral" aria-labelledby="opinion-heading">
      <h2 class="ds-heading" data-size="2xs" id="opinion-heading">
        {t('opinionHeading')}
      </h2>
      <p class="quiet">{t('opinionText')}</p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <Question text={t('opinionTalk')} chosen={talk} onChoose={setTalk} />
        <Question text={t('opinionMedia')} chosen={media} onChoose={setMedia} />
        {act.problem === undefined ? null : (
          <p class="problem" role="alert">
            {act.problem}
          </p>
        )}
        <p class="scheme__acts">
          <button
            type="submit"
            class="ds-button"
            data-color="accent"
            disabled={act.busy || (talk === undefined && media === undefined)}
          >
            {t('opinionSend')}
          </button>
          <button type="button" class="ds-button" data-variant="secondary" onClick={onDone}>
            {t('opinionSkip')}
          </button>
        </p>
      </form>
    </section>
  )
}
