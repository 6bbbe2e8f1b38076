/** The page to get no more mail, as HTML. Pure: no script, no style of its own, nothing of anybody but the token. */
import { escapeHtml } from '../notices/letter.ts'
import type { Language } from '../protocol/index.ts'

export type UnsubscribePage =
  /** Whether mail that is not official is sent. */
  | { readonly is: 'on' | 'off'; readonly language: Language; readonly token: string }
  /** `unknown`: of somebody who was erased; `invalid`: none of ours. */
  | { readonly is: 'unknown' | 'invalid'; readonly language: Language }

const texts = {
  fr: {
    title: 'Avis par courriel',
    on: 'Ne plus recevoir d’avis par courriel ?',
    onText: 'Vous recevez un courriel quand des messages vous attendent.',
    stop: 'Ne plus recevoir ces avis',
    off: 'Vous ne recevez plus d’avis par courriel',
    offText: 'Vos messages vous attendent dans Visavis ; aucun courriel ne vous le dira.',
    again: 'Recevoir de nouveau ces avis',
    official: 'Les avis officiels (accusés, convocations) continuent de vous être envoyés.',
    unknown: 'Plus aucun avis ne vous est envoyé',
    unknownText: 'Nous n’avons plus d’adresse de vous.',
    invalid: 'Ce lien n’est pas valable',
    invalidText: 'Ouvrez-le tel qu’il est dans le courriel, en entier.',
  },
  en: {
    title: 'Notices by e-mail',
    on: 'Stop notices by e-mail?',
    onText: 'You get an e-mail when messages are waiting for you.',
    stop: 'Stop these notices',
    off: 'You no longer get notices by e-mail',
    offText: 'Your messages wait for you in Visavis; no e-mail will tell you so.',
    again: 'Get these notices again',
    official: 'Official notices (receipts, appointments) go on being sent to you.',
    unknown: 'No more notices are sent to you',
    unknownText: 'We no longer have an address of yours.',
    invalid: 'This link is not valid',
    invalidText: 'Open it just as it is in the e-mail, all of it.',
  },
} as const

export function unsubscribePage(page: UnsubscribePage): string {
  const text = texts[page.language]
  return `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text.title} – Visavis</title>
<link rel="stylesheet" href="unsubscribe.css">
</head>
<body>
<main>
<h1>${text[page.is]}</h1>
<p>${text[`${page.is}Text`]}</p>
${'token' in page ? formOf(page) : ''}</main>
</body>
</html>
`
}

function formOf({ is, language, token }: UnsubscribePage & { readonly token: string }): string {
  const text = texts[language]
  // Relative, so that it works behind any prefix.
  return `<p>${text.official}</p>
<form method="post" action="unsubscribe?token=${escapeHtml(encodeURIComponent(token))}">
<button name="wanted" value="${is === 'on' ? 'no' : 'yes'}">${is === 'on' ? text.stop : text.again}</button>
</form>
`
}

/** Served by itself: the policy of the pages allows no inline styles. */
export const stylesheet = `:root { color-scheme: light dark; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 12vh auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
button { font: inherit; font-weight: 600; padding: 0.625rem 1.25rem; border: 0; border-radius: 0.25rem; color: #fff; background: #1b4b8f; cursor: pointer; }
button:focus-visible { outline: 3px solid currentcolor; outline-offset: 3px; }
`
