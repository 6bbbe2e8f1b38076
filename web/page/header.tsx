/** The top of every page: the service, who is signed in, how the connection is, the language. */
import { useState } from 'preact/hooks'
import type { ConnectionState, Visavis } from '../../client/index.ts'
import { chooseLanguage, language, languages, t } from '../language/language.ts'
import { Avatar } from './avatar.tsx'
import { BellIcon } from './icons.tsx'
import { lazily } from './lazily.tsx'
import { pages } from './place.ts'
import { pageOf, type SignedIn, signOut } from './signed-in.ts'
import { useChanges } from './use-changes.ts'

const Mark = () => (
  <svg class="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
    <path class="mark__left" d="M4 8a4 4 0 0 1 4-4h12v18a8 8 0 0 1-8 8H9l-5 5z" />
    <path class="mark__right" d="M36 32a4 4 0 0 1-4 4H20V18a8 8 0 0 1 8-8h3l5-5z" />
  </svg>
)

const LanguageSwitch = () => (
  <fieldset class="languages">
    <legend class="ds-sr-only">{t('language')}</legend>
    {languages.map(({ code, name }) => (
      <button
        key={code}
        type="button"
        class="languages__choice"
        lang={code}
        aria-pressed={language.value === code}
        onClick={() => chooseLanguage(code)}
      >
        <span aria-hidden="true">{code.toUpperCase()}</span>
        <span class="ds-sr-only">{name}</span>
      </button>
    ))}
  </fieldset>
)

const ConnectionSign = ({ state }: { state: ConnectionState }) => (
  <p class="connection" data-state={state} role="status">
    <span class="connection__dot" aria-hidden="true" />
    {t(state)}
  </p>
)

const NoticePreferences = lazily(async () => (await import('../notices/preferences.tsx')).NoticePreferences)

const Notices = ({ visavis }: { visavis: Visavis }) => {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        class="ds-button tool"
        data-variant="tertiary"
        data-color="neutral"
        data-icon
        title={t('noticeHeading')}
        onClick={() => setOpen(true)}
      >
        <BellIcon />
        <span class="ds-sr-only">{t('noticeHeading')}</span>
      </button>
      {open ? <NoticePreferences visavis={visavis} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

const SchemeMenu = lazily(async () => (await import('../scheme/menu.tsx')).SchemeMenu)

const Connection = ({ visavis }: { visavis: Visavis }) => {
  useChanges((change) => visavis.onState(change), visavis)
  return <ConnectionSign state={visavis.state} />
}

export interface HeaderProps {
  readonly who?: SignedIn
  readonly visavis?: Visavis
  /** Whether a jobseeker can ask for the agency, or leave, from here. */
  readonly menu?: boolean
}

export const Header = ({ who, visavis, menu = true }: HeaderProps) => (
  <header class="header">
    <a class="ds-skip-link" href="#content">
      {t('skip')}
    </a>
    <div class="header__inner">
      <a class="brand" href={who === undefined ? pages : pageOf(who.role)} aria-label={t('service')}>
        <Mark />
        <span class="brand__name">{t('service')}</span>
      </a>
      {visavis === undefined ? null : <Connection visavis={visavis} />}
      <div class="header__end">
        {menu && who?.role === 'jobseeker' ? <SchemeMenu /> : null}
        {visavis === undefined || who === undefined ? null : <Notices visavis={visavis} />}
        <LanguageSwitch />
        {who === undefined ? null : (
          <div class="who">
            <Avatar name={who.name} tone={who.role === 'advisor' ? 'accent' : 'warm'} />
            <span class="who__name">{who.name}</span>
            <button type="button" class="ds-button" data-variant="tertiary" data-size="sm" onClick={signOut}>
              {t('signOut')}
            </button>
          </div>
        )}
      </div>
    </div>
  </header>
)
