/** What an official mail is about, with the button that says it was read, as HTML. Pure: no script, no names. */
import { escapeHtml } from '../notices/letter.ts'
import { momentOf, timeOf } from '../notices/wording.ts'
import type { Language, Modality } from '../protocol/index.ts'

export interface ShownAppointment {
  readonly language: Language
  /** IANA. */
  readonly timeZone: string
  readonly from: number
  readonly until: number
  readonly modality: Modality
  readonly place?: string | undefined
  readonly state: 'booked' | 'cancelled'
}

export type ReadProofPage =
  | { readonly is: 'asked' | 'confirmed'; readonly token: string; readonly shown: ShownAppointment }
  /** `gone`: it is kept no longer; `invalid`: the link is none of ours. */
  | { readonly is: 'gone' | 'invalid'; readonly language: Language }

const texts = {
  fr: {
    booked: 'Votre rendez-vous',
    cancelled: 'Votre rendez-vous est annulé',
    webcam: 'Par webcam, dans Visavis.',
    agency: 'En agence.',
    ask: 'Ce bouton confirme que vous avez lu la date, l’heure et le lieu. Rien d’autre n’est enregistré.',
    button: 'J’ai lu',
    confirmed: 'C’est noté : vous avez lu ce message.',
    open: 'Ouvrir Visavis',
    gone: 'Ce rendez-vous n’est plus conservé',
    goneText: 'Il n’y a plus rien à confirmer.',
    invalid: 'Ce lien n’est pas valable',
    invalidText: 'Ouvrez-le tel qu’il est dans le courriel, en entier.',
  },
  en: {
    booked: 'Your appointment',
    cancelled: 'Your appointment is cancelled',
    webcam: 'By webcam, in Visavis.',
    agency: 'In the agency.',
    ask: 'This button confirms that you have read date, time and place. Nothing else is recorded.',
    button: 'I have read it',
    confirmed: 'Noted: you have read this message.',
    open: 'Open Visavis',
    gone: 'This appointment is kept no longer',
    goneText: 'There is nothing left to confirm.',
    invalid: 'This link is not valid',
    invalidText: 'Open it just as it is in the e-mail, all of it.',
  },
} as const

export function readProofPage(page: ReadProofPage): string {
  if ('language' in page) {
    const text = texts[page.language]
    return whole(page.language, text[page.is], `<p>${text[`${page.is}Text`]}</p>\n`)
  }
  const { is, token, shown } = page
  const text = texts[shown.language]
  const where = `${text[shown.modality]}${shown.modality === 'agency' && shown.place !== undefined ? ` ${escapeHtml(shown.place)}` : ''}`
  const when = `<p><strong>${momentOf(shown.from, shown)}–${timeOf(shown.until, shown)}</strong></p>\n<p>${where}</p>\n`
  const open = `<p><a href="./">${text.open}</a></p>\n`
  if (is === 'confirmed') {
    return whole(shown.language, text[shown.state], `${when}<p role="status">${text.confirmed}</p>\n${open}`)
  }
  // Relative, so that it works behind any prefix.
  const form = `<p>${text.ask}</p>
<form method="post" action="read?token=${escapeHtml(encodeURIComponent(token))}">
<button>${text.button}</button>
</form>
`
  return whole(shown.language, text[shown.state], `${when}${form}${open}`)
}

/** The style of the page of e-mail preferences. */
const whole = (language: Language, title: string, content: string): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Visavis</title>
<link rel="stylesheet" href="unsubscribe.css">
</head>
<body>
<main>
<h1>${title}</h1>
${content}</main>
</body>
</html>
`
