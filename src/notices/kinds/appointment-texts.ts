/** What mails about appointments say, in both languages. Subjects are shown on locked screens: no names in them. Pure. */
export interface AppointmentNotice {
  /** Of the appointment. */
  readonly id: string
  readonly sequence: number
  readonly told: 'made' | 'moved' | 'cancelled' | 'turned' | 'carried' | 'released' | 'reminder'
  readonly from: number
  readonly until: number
  readonly modality: 'webcam' | 'agency'
  /** Where in-agency appointments are. */
  readonly place?: string
  /** Name of the other side. */
  readonly with: string
  /** What whoever changed it said. */
  readonly reason?: string
  /** When this version was made (ms). */
  readonly at: number
}

interface Told {
  /** From when until when. */
  readonly when: string
  /** When it begins. */
  readonly day: string
  /** Of the other side. */
  readonly name: string
  readonly where: string
  readonly isJobseeker: boolean
}

interface Text {
  readonly subject: string
  readonly paragraph: string
}

export interface AppointmentTexts {
  readonly told: Readonly<Record<AppointmentNotice['told'], (told: Told) => Text>>
  readonly where: (modality: AppointmentNotice['modality'], place: string | undefined) => string
  readonly reason: (reason: string) => string
  readonly summary: (name: string) => string
  readonly beforeWebcam: string
  readonly beforeAgency: string
  readonly noFault: string
  readonly confirm: string
  readonly open: string
}

export const french: AppointmentTexts = {
  told: {
    made: ({ day, when, name }) => ({
      subject: `Rendez-vous le ${day}`,
      paragraph: `Vous avez rendez-vous avec ${name} le ${when}.`,
    }),
    moved: ({ day, when, name }) => ({
      subject: `Rendez-vous modifié : le ${day}`,
      paragraph: `Votre rendez-vous avec ${name} est modifié. Il a lieu le ${when}.`,
    }),
    cancelled: ({ day, name }) => ({
      subject: `Rendez-vous du ${day} annulé`,
      paragraph: `Votre rendez-vous avec ${name} du ${day} est annulé.`,
    }),
    turned: ({ day, when, name }) => ({
      subject: `Le lieu de votre rendez-vous du ${day} a changé`,
      paragraph: `Votre rendez-vous avec ${name} du ${when} change de lieu. L’heure reste la même.`,
    }),
    carried: ({ day, when, name }) => ({
      subject: `Votre rendez-vous du ${day} : un autre interlocuteur`,
      paragraph: `Votre rendez-vous du ${when} a lieu avec ${name}.`,
    }),
    released: ({ day, name }) => ({
      subject: `Rendez-vous du ${day} confié à un collègue`,
      paragraph: `Le rendez-vous avec ${name} du ${day} n’est plus dans votre agenda : cette personne est désormais suivie par un collègue.`,
    }),
    reminder: ({ day, when, name }) => ({
      subject: `Rappel : rendez-vous le ${day}`,
      paragraph: `Vous avez rendez-vous avec ${name} le ${when}.`,
    }),
  },
  where: (modality, place) =>
    modality === 'webcam' ? 'Par webcam, dans Visavis.' : `En agence${place === undefined ? '.' : ` : ${place}`}`,
  reason: (reason) => `Motif : ${reason}`,
  summary: (name) => `Rendez-vous avec ${name}`,
  beforeWebcam:
    'Avant le rendez-vous, essayez votre caméra et votre micro dans Visavis. Si la webcam vous pose problème, vous pouvez demander un rendez-vous en agence : ce n’est jamais une faute.',
  beforeAgency: 'Si vous ne pouvez pas venir, déplacez ou annulez le rendez-vous dans Visavis.',
  noFault: 'L’annulation d’un rendez-vous n’est pas une absence.',
  confirm: 'Confirmer que vous avez lu ce message',
  open: 'Ouvrir Visavis',
}

export const english: AppointmentTexts = {
  told: {
    made: ({ day, when, name }) => ({
      subject: `Appointment on ${day}`,
      paragraph: `You have an appointment with ${name} on ${when}.`,
    }),
    moved: ({ day, when, name }) => ({
      subject: `Appointment changed: ${day}`,
      paragraph: `Your appointment with ${name} has changed. It is on ${when}.`,
    }),
    cancelled: ({ day, name }) => ({
      subject: `Appointment on ${day} cancelled`,
      paragraph: `Your appointment with ${name} on ${day} is cancelled.`,
    }),
    turned: ({ day, when, name }) => ({
      subject: `The place of your appointment on ${day} has changed`,
      paragraph: `Your appointment with ${name} on ${when} is at another place. The time stays the same.`,
    }),
    carried: ({ day, when, name }) => ({
      subject: `Your appointment on ${day}: with somebody else`,
      paragraph: `Your appointment on ${when} is with ${name}.`,
    }),
    released: ({ day, name }) => ({
      subject: `Appointment on ${day} handed to a colleague`,
      paragraph: `The appointment with ${name} on ${day} is no longer in your calendar: a colleague follows this person now.`,
    }),
    reminder: ({ day, when, name }) => ({
      subject: `Reminder: appointment on ${day}`,
      paragraph: `You have an appointment with ${name} on ${when}.`,
    }),
  },
  where: (modality, place) =>
    modality === 'webcam' ? 'By webcam, in Visavis.' : `In the agency${place === undefined ? '.' : `: ${place}`}`,
  reason: (reason) => `Reason: ${reason}`,
  summary: (name) => `Appointment with ${name}`,
  beforeWebcam:
    'Before it, try your camera and microphone in Visavis. If the webcam is a problem, you may ask for an appointment in the agency: that is never a fault.',
  beforeAgency: 'If you cannot come, move or cancel the appointment in Visavis.',
  noFault: 'A cancelled appointment is not an absence.',
  confirm: 'Confirm that you have read this',
  open: 'Open Visavis',
}
