/** One region: who is followed of how many that are certified, its load of what was measured, and its certificate. */
import type { LimitWarning, RegionLoad } from '../../client/operation.ts'
import { dayAndClock } from '../language/times.ts'
import { isCertificate } from './certificate-id.ts'
import { Figure } from './figure.tsx'
import { count, type OperatorKey, o, rate, resource } from './words.ts'

type Is = (of: LimitWarning['of']) => LimitWarning['is'] | undefined

const Certificate = ({ region: { name, cap, certificate }, is }: { region: RegionLoad; is: Is }) => {
  if (cap === undefined) return <p class="quiet">{o('noCertificate')}</p>
  if (certificate === undefined) {
    return (
      <>
        <p class="quiet">
          {o(isCertificate(cap.certificate) ? 'notKept' : 'byHand', { limit: count(cap.capacity), by: cap.setBy })}
        </p>
        <dl class="facts" aria-label={o('certificateOf', { where: name })}>
          <Fact name={o('ends')} is={is('certificate')}>
            {dayAndClock(cap.expiresAt)}
          </Fact>
        </dl>
      </>
    )
  }
  const { verdict, low, high, atLeast, limit, nodes } = certificate
  return (
    <dl class="facts" aria-label={o('certificateOf', { where: name })}>
      <Fact name={o('verdict')}>{o(`verdict.${verdict}`)}</Fact>
      {low === undefined || high === undefined ? null : (
        <Fact name={o('interval')}>
          {atLeast === true
            ? o('atLeast', { low: count(low) })
            : o('intervalOf', { low: count(low), high: count(high) })}
        </Fact>
      )}
      <Fact name={o('limiting')}>{limit === undefined ? o('nothingLimits') : resource(limit)}</Fact>
      <Fact name={o('measuredNodes')} is={is('nodes')}>
        {count(nodes)}
      </Fact>
      <Fact name={o('ends')} is={is('certificate')}>
        {dayAndClock(cap.expiresAt)}
      </Fact>
    </dl>
  )
}

const Fact = ({ name, is, children }: { name: string; is?: LimitWarning['is'] | undefined; children: string }) => (
  <div class="fact" data-is={is}>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

/** Beside what was certified of it, where anything was. */
const certified = (value: number | undefined, limit: number | undefined, write: (value: number) => string) => ({
  note: limit === undefined ? undefined : o('ofCertified', { limit: write(limit) }),
  used: limit === undefined || value === undefined ? undefined : value / limit,
})

export const RegionCard = ({ region, warnings }: { region: RegionLoad; warnings: readonly LimitWarning[] }) => {
  const { name, status, enrolled, cap, certificate, sockets, rooms, participants, messagesPerSecond } = region
  const { callbacksWaiting } = region
  const { carried = {} } = certificate ?? {}
  const is: Is = (of) => warnings.find((one) => one.region === region.region && one.of === of)?.is
  const known = (value: number | undefined) => (value === undefined ? o('unknown') : count(value))
  const id = `region-${region.region}`
  return (
    <section class="ds-card panel place" data-color="neutral" aria-labelledby={id}>
      <div class="place__head">
        <h3 class="ds-heading" data-size="2xs" id={id}>
          {name}
        </h3>
        {status === undefined ? null : <span class="state">{o(`status${status}` as OperatorKey)}</span>}
      </div>
      <dl class="figures">
        <Figure
          name={o('enrolled')}
          note={cap === undefined ? (enrolled === undefined ? undefined : o('noCap')) : undefined}
          used={cap === undefined || enrolled === undefined ? undefined : enrolled / cap.capacity}
          is={is('places') ?? is('uncertified')}
        >
          {cap === undefined || enrolled === undefined
            ? known(enrolled)
            : o('ofPlaces', { value: count(enrolled), limit: count(cap.capacity) })}
        </Figure>
        <Figure name={o('sockets')} {...certified(sockets, carried.sockets, count)} is={is('sockets')}>
          {known(sockets)}
        </Figure>
        <Figure name={o('rooms')} {...certified(rooms, carried.rooms, count)} is={is('rooms')}>
          {count(rooms)}
        </Figure>
        <Figure name={o('participants')}>{count(participants)}</Figure>
        <Figure
          name={o('messages')}
          {...certified(messagesPerSecond, carried.messagesPerSecond, rate)}
          is={is('messages')}
        >
          {rate(messagesPerSecond)}
        </Figure>
        <Figure name={o('callbacks')}>{known(callbacksWaiting)}</Figure>
      </dl>
      <Certificate region={region} is={is} />
    </section>
  )
}
