/** The advisor's day on one screen: appointments, unread messages, callbacks, free times. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Appointment, ChannelSummary, Slots, Visavis, Visit } from '../../client/index.ts'
import { ToConfirm, toConfirmTitle, useToConfirm } from '../attendance/to-confirm.tsx'
import { locale, t } from '../language/language.ts'
import { clock, isSameDay, moment, wait } from '../language/times.ts'
import { arrivalsEveryMs, stateOf } from '../lobby/arrivals.tsx'
import { useChanges, useClock } from '../page/use-changes.ts'
import { r } from '../room/words.ts'
import { NextWorkshops } from '../workshop/next.tsx'
import { w } from '../workshop/words.ts'
import { dayName, placeOf } from './when.ts'

export interface DayProps {
  readonly visavis: Visavis
  readonly channels: readonly ChannelSummary[]
  /** Of the advisor. */
  readonly name: string
  /** Who is in the lobby. */
  readonly arrivals: readonly Visit[]
  readonly onSelect: (jobseeker: string) => void
}

const endOfDay = (at: number): number => new Date(at).setHours(24, 0, 0, 0)
const refreshMs = 60_000
/** The others are beside it, in the queue. */
const mostCallbacks = 5

/** What is free today, asked for again as time goes by and appointments change. */
function useFree(visavis: Visavis): Slots['slots'] | undefined {
  const [slots, setSlots] = useState<Slots['slots']>()
  useEffect(() => {
    const load = () => {
      const from = visavis.now()
      visavis.appointments.slots({ from, until: endOfDay(from) }).then(
        (found) => setSlots(found.slots),
        // What was known stays; it is asked again.
        () => {},
      )
    }
    load()
    const timer = setInterval(load, refreshMs)
    const forget = visavis.appointments.onChange(load)
    return () => {
      clearInterval(timer)
      forget()
    }
  }, [visavis])
  return slots
}

interface PartProps {
  readonly title: string
  readonly none: string | undefined
  /** It has the whole width. */
  readonly wide?: boolean
  readonly children: ComponentChildren
}

const Part = ({ title, none, wide = false, children }: PartProps) => (
  <section class="day__part" data-wide={wide}>
    <h3 class="ds-heading" data-size="2xs">
      {title}
    </h3>
    {none === undefined ? children : <p class="quiet">{none}</p>}
  </section>
)

const Meeting = ({
  appointment,
  now,
  onSelect,
}: {
  appointment: Appointment
  now: number
  onSelect: (id: string) => void
}) => (
  <li class="day__meeting" data-now={appointment.from <= now && now < appointment.until} data-clash={appointment.clash}>
    <time dateTime={new Date(appointment.from).toISOString()}>
      {clock(appointment.from)}–{clock(appointment.until)}
    </time>
    <button type="button" class="text-button" onClick={() => onSelect(appointment.jobseeker)}>
      <bdi>{appointment.jobseekerName}</bdi>
    </button>
    <span class="quiet">{placeOf(appointment)}</span>
    {appointment.clash === true ? <span class="appt__warning">{t('apptClash')}</span> : null}
  </li>
)

export const Day = ({ visavis, channels, name, arrivals, onSelect }: DayProps) => {
  const { appointments, callbacks } = visavis
  useChanges((change) => appointments.onChange(change), appointments)
  useChanges((change) => callbacks.onChange(change), callbacks)
  useClock(arrivals.length === 0 ? refreshMs : arrivalsEveryMs)
  const free = useFree(visavis)
  const waitingRecords = useToConfirm(visavis)
  const now = visavis.now()
  const { ahead } = appointments
  const today = ahead.filter(({ from }) => isSameDay(from, now) || from < now)
  const next = ahead.find(({ from }) => !isSameDay(from, now) && from > now)
  const unread = channels.filter((channel) => channel.unread > 0)
  const waiting = callbacks.list.filter(({ state }) => ['waiting', 'offered', 'active'].includes(state))
  return (
    <section class="ds-card panel day" data-color="neutral" aria-labelledby="day-heading">
      <div class="day__head">
        <h2 class="ds-heading" data-size="xs" id="day-heading">
          {t('dayHeading')}
        </h2>
        <time class="quiet" dateTime={new Date(now).toISOString()}>
          {dayName(now, locale())}
        </time>
      </div>
      {arrivals.length === 0 ? null : (
        <Part title={r('lobbyHeading')} none={undefined} wide>
          <ul class="day__list">
            {arrivals.map((visit) => (
              <li key={`${visit.room} ${visit.person}`} class="day__meeting">
                <button type="button" class="text-button" onClick={() => onSelect(visit.room)}>
                  <bdi>{visit.name}</bdi>
                </button>
                <span class="quiet">{stateOf(visit, now)}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={t('dayAppointments')} none={today.length === 0 ? t('dayNoAppointments') : undefined} wide>
        <ul class="day__list">
          {today.map((appointment) => (
            <Meeting key={appointment.id} {...{ appointment, now, onSelect }} />
          ))}
        </ul>
      </Part>
      {next === undefined ? null : (
        <p class="quiet day__next">
          {t('dayNext', { time: moment(next.from, now) })} · <bdi>{next.jobseekerName}</bdi>
        </p>
      )}
      <Part title={toConfirmTitle(waitingRecords)} none={undefined}>
        <ToConfirm
          visavis={visavis}
          waiting={waitingRecords}
          namesOf={({ jobseeker }) => ({
            jobseeker: channels.find(({ channel }) => channel === jobseeker)?.jobseeker.name,
            advisor: name,
          })}
        />
      </Part>
      <Part title={t('dayUnread')} none={unread.length === 0 ? t('dayNoUnread') : undefined}>
        <ul class="day__list">
          {unread.map(({ channel, jobseeker, unread: count }) => (
            <li key={channel} class="day__meeting">
              <button type="button" class="text-button" onClick={() => onSelect(channel)}>
                <bdi>{jobseeker.name}</bdi>
              </button>
              <span class="quiet">{t('unreadCount', { count })}</span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t('dayCallbacks')} none={waiting.length === 0 ? t('dayNoCallbacks') : undefined}>
        <p>{t('dayCallbacksCount', { count: waiting.length })}</p>
        <ul class="day__list">
          {waiting.slice(0, mostCallbacks).map(({ id, jobseekerName, readyAt }) => (
            <li key={id} class="day__meeting">
              <bdi>{jobseekerName}</bdi>
              <span class="quiet">{t('queueSince', { time: wait(now - readyAt) })}</span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={w('heading')} none={undefined}>
        <NextWorkshops visavis={visavis} hosts />
      </Part>
      <Part title={t('dayFree')} none={free !== undefined && free.length === 0 ? t('dayNoFree') : undefined} wide>
        <ul class="day__free">
          {(free ?? []).map(({ from }) => (
            <li key={from}>{clock(from)}</li>
          ))}
        </ul>
      </Part>
    </section>
  )
}
