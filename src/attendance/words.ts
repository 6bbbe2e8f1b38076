/** What a record says, in words for people: French and English. *Pure.* */

import type { AttendanceState, Fact, FactType, Party, Reason, Verdict } from '../protocol/index.ts'
import { problemWords } from '../protocol/problem-words.ts'

export type Language = 'fr' | 'en'

interface Words {
  readonly title: string
  readonly appointment: string
  readonly planned: string
  readonly parties: string
  readonly erased: string
  readonly verdict: string
  readonly because: string
  /** Of a verdict that a person has made another one. */
  readonly becauseProposed: (verdict: string) => string
  readonly what: string
  /** Heads of columns: which entries, when, and what. */
  readonly number: string
  readonly when: string
  readonly happened: string
  /** At the foot of each page. */
  readonly page: (page: number, pages: number) => string
  /** Where letters are not in the fonts. */
  readonly missing: (sign: string) => string
  readonly seals: (count: number) => string
  readonly proof: string
  readonly states: Readonly<Record<AttendanceState, string>>
  readonly verdicts: Readonly<Record<Verdict, string>>
  readonly reasons: Readonly<Record<Reason, string>>
  readonly names: Readonly<Record<Party, string>>
  readonly facts: Readonly<Record<FactType, string>>
  readonly fact: (fact: Fact) => string
  /** The worst quality of a stretch of media. */
  readonly worst: (quality: Quality) => string
  readonly saidLater: (time: string) => string
  readonly personal: Readonly<Record<string, string>>
}

export const words: Readonly<Record<Language, Words>> = {
  fr: {
    title: 'Relevé de présence',
    appointment: 'Rendez-vous',
    planned: 'Prévu',
    parties: 'Entre',
    erased: '(effacé)',
    verdict: 'Conclusion',
    because: 'Motifs',
    becauseProposed: (verdict) => `La règle avait proposé « ${verdict} », parce que`,
    what: 'Ce qui s’est passé',
    number: 'Ligne',
    when: 'Date et heure',
    happened: 'Fait',
    page: (page, pages) => `page ${page} sur ${pages}`,
    missing: (sign) =>
      `Chaque ${sign} remplace un caractère que ce document ne sait pas montrer. Le fichier JSON a le texte tel qu’il a été écrit.`,
    seals: (count) => `Scellé ${count} fois par la clé du service.`,
    proof:
      'Ce relevé est une chaîne : chaque ligne contient l’empreinte de la précédente. La dernière empreinte, ci-dessous, engage tout le relevé. Vos appareils l’ont reçue et la conservent ; toute modification, même par le service, se voit en comparant. Le fichier JSON se vérifie hors ligne avec « visavis verify ».',
    states: {
      open: 'pas encore de conclusion',
      proposed: 'proposée, pas officielle tant que personne ne l’a confirmée',
      confirmed: 'confirmée par une personne',
      contested: 'contestée : elle n’est plus officielle',
    },
    verdicts: {
      attended: 'Rendez-vous tenu',
      excused: 'Excusé ou annulé',
      absent: 'Absence',
      'technical-service': 'Problème technique du service',
      'technical-user': 'Problème technique de l’appareil ou de la connexion',
      undetermined: 'Indéterminé',
    },
    reasons: {
      talked: 'l’image ou le son est venu des deux côtés assez longtemps',
      cancelled: 'le rendez-vous a été annulé',
      excused: 'une excuse est notée',
      incident: 'le service avait un incident',
      'service-failed': 'le service a fait défaut au demandeur d’emploi',
      'device-failed': 'l’appareil du demandeur d’emploi n’a pas pu',
      'network-failed': 'la connexion n’a pas tenu alors que le service allait bien',
      arrived: 'le demandeur d’emploi est venu',
      tried: 'le demandeur d’emploi a essayé',
      'advisor-missing': 'personne n’est venu du côté de l’agence',
      'health-unknown': 'rien ne prouve que le service allait bien',
      'invitation-unproven': 'rien ne prouve qu’une invitation à cette heure est arrivée avant elle',
      'nothing-from-jobseeker': 'invité, service en bon état, et aucune trace du demandeur d’emploi',
    },
    names: { jobseeker: 'demandeur d’emploi', advisor: 'conseiller' },
    facts: {
      opened: 'Relevé ouvert',
      moved: 'Rendez-vous déplacé',
      cancelled: 'Rendez-vous annulé',
      excused: 'Excuse notée',
      invitation: 'Invitation',
      check: 'Test de l’appareil',
      arrived: 'Arrivée',
      admitted: 'Admission dans la salle',
      rejoined: 'Retour',
      media: 'Image et son',
      quality: 'Qualité',
      dropped: 'Sortie',
      ended: 'Fin',
      attempt: 'Tentative de connexion',
      carried: 'Autre interlocuteur',
      awaited: 'Pas encore là',
      health: 'État du service',
      verdictProposed: 'Conclusion proposée',
      verdictConfirmed: 'Conclusion confirmée',
      contested: 'Conclusion contestée',
    },
    fact: (fact) => detail(fact, 'fr'),
    worst: (quality) => `au pire : ${measured(quality, 'fr')}`,
    saidLater: (time) => `noté le ${time}`,
    personal: {
      reason: 'motif',
      note: 'note',
      person: 'personne',
      jobseeker: 'demandeur d’emploi',
      advisor: 'conseiller',
    },
  },
  en: {
    title: 'Attendance record',
    appointment: 'Appointment',
    planned: 'Planned',
    parties: 'Between',
    erased: '(erased)',
    verdict: 'Verdict',
    because: 'Reasons',
    becauseProposed: (verdict) => `The rule had proposed “${verdict}”, because`,
    what: 'What happened',
    number: 'Line',
    when: 'Date and time',
    happened: 'Fact',
    page: (page, pages) => `page ${page} of ${pages}`,
    missing: (sign) =>
      `Each ${sign} stands for a letter that this document cannot show. The JSON file has the text as it was written.`,
    seals: (count) => `Sealed ${count} times with the service’s key.`,
    proof:
      'This record is a chain: each line has the hash of the one before in it. The last hash, below, stands for all of it. Your devices were given it and keep it; a change, even by the service, shows when they are compared. The JSON file can be checked offline with "visavis verify".',
    states: {
      open: 'no verdict yet',
      proposed: 'proposed; not official until a person confirms it',
      confirmed: 'confirmed by a person',
      contested: 'contested: not official any more',
    },
    verdicts: {
      attended: 'Took place',
      excused: 'Excused or cancelled',
      absent: 'Absent',
      'technical-service': 'Technical trouble of the service',
      'technical-user': 'Technical trouble of the device or connection',
      undetermined: 'Undetermined',
    },
    reasons: {
      talked: 'picture or sound came from both sides for long enough',
      cancelled: 'the appointment was cancelled',
      excused: 'an excuse is on record',
      incident: 'the service had an incident',
      'service-failed': 'the service failed the jobseeker',
      'device-failed': 'the jobseeker’s device could not',
      'network-failed': 'the connection did not hold while the service was well',
      arrived: 'the jobseeker came',
      tried: 'the jobseeker tried',
      'advisor-missing': 'nobody came from the agency’s side',
      'health-unknown': 'nothing proves that the service was well',
      'invitation-unproven': 'nothing proves that an invitation to this time arrived before it',
      'nothing-from-jobseeker': 'invited, service well, and no trace of the jobseeker',
    },
    names: { jobseeker: 'jobseeker', advisor: 'advisor' },
    facts: {
      opened: 'Record opened',
      moved: 'Appointment moved',
      cancelled: 'Appointment cancelled',
      excused: 'Excuse noted',
      invitation: 'Invitation',
      check: 'Device check',
      arrived: 'Arrival',
      admitted: 'Admission to the room',
      rejoined: 'Return',
      media: 'Picture and sound',
      quality: 'Quality',
      dropped: 'Out of the room',
      ended: 'End',
      attempt: 'Attempt to connect',
      carried: 'Another advisor',
      awaited: 'Not there yet',
      health: 'Health of the service',
      verdictProposed: 'Verdict proposed',
      verdictConfirmed: 'Verdict confirmed',
      contested: 'Verdict contested',
    },
    fact: (fact) => detail(fact, 'en'),
    worst: (quality) => `at worst: ${measured(quality, 'en')}`,
    saidLater: (time) => `noted on ${time}`,
    personal: { reason: 'reason', note: 'note', person: 'person', jobseeker: 'jobseeker', advisor: 'advisor' },
  },
}

const terms: Readonly<Record<string, string>> = {
  sent: 'envoyée',
  delivered: 'remise',
  read: 'lue',
  failed: 'échec',
  booked: 'réservation',
  moved: 'déplacement',
  cancelled: 'annulation',
  reminder: 'rappel',
  passed: 'réussi',
  left: 'est parti',
  'connection-lost': 'connexion perdue',
  'worker-died': 'panne du service',
  'node-stopping': 'arrêt du service',
  'access-ended': 'accès terminé',
  replaced: 'remplacé par un autre appareil',
  unreachable: 'service injoignable',
  refused: 'refusé par le service',
  'media-failed': 'image et son impossibles',
  'camera-denied': 'caméra refusée',
  'no-camera': 'pas de caméra',
  unsupported: 'navigateur non pris en charge',
  offline: 'appareil hors ligne',
  agency: 'agence',
  service: 'service',
  supervisor: 'responsable',
  lobby: 'dans la salle d’attente',
  audio: 'son',
  video: 'image',
}

type Quality = Pick<Extract<Fact, { type: 'quality' }>, 'score' | 'lostPermille' | 'roundTripMs'>

const measured = ({ score, lostPermille, roundTripMs }: Quality, language: Language): string => {
  const [loss, roundTrip] = language === 'fr' ? ['perte', 'aller-retour'] : ['loss', 'round trip']
  return `${score}/10, ${loss} ${lostPermille} ‰, ${roundTrip} ${roundTripMs} ms`
}

/** "28 min 30 s". */
function lasted(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  return [...(minutes > 0 ? [`${minutes} min`] : []), ...(rest > 0 || minutes === 0 ? [`${rest} s`] : [])].join(' ')
}

/** What is worth saying of a fact besides its name. */
function detail(fact: Fact, language: Language): string {
  const { verdicts, reasons, names } = words[language]
  const french = language === 'fr'
  const term = (word: string) => (french ? (terms[word] ?? word) : word.replaceAll('-', ' '))
  const count = (packets: number) => packets.toLocaleString(french ? 'fr-FR' : 'en-GB')
  const who = (party: string) => (party === 'jobseeker' || party === 'advisor' ? names[party] : term(party))
  const parts: string[] = []
  if ('party' in fact) parts.push(who(fact.party))
  if ('by' in fact) parts.push(who(fact.by))
  switch (fact.type) {
    case 'invitation':
      parts.push(who(fact.to), term(fact.about), term(fact.step))
      break
    case 'check':
      parts.push(term(fact.result), ...fact.problems.map((problem) => problemWords[language][problem] ?? problem))
      break
    case 'media':
      parts.push(
        lasted(fact.until - fact.since),
        fact.kinds.map(term).join(' + '),
        `${count(fact.packetsFrom)} ${french ? 'paquets envoyés' : 'packets sent'}`,
        `${count(fact.packetsTo)} ${french ? 'reçus' : 'received'}`,
      )
      break
    case 'quality':
      parts.push(measured(fact, language))
      break
    case 'arrived':
      if (fact.place !== undefined) parts.push(french ? term(fact.place) : 'in the lobby')
      break
    case 'awaited':
      parts.push(french ? 'les deux en sont prévenus' : 'both are told')
      break
    case 'dropped':
    case 'attempt':
      parts.push(term(fact.cause))
      break
    case 'health':
      parts.push(
        fact.covered ? (french ? 'observé en continu' : 'watched throughout') : reasons['health-unknown'],
        `incidents${french ? ' ' : ''}: ${fact.incidents.length}`,
      )
      break
    case 'verdictProposed':
      parts.push(verdicts[fact.verdict], ...fact.because.map((reason) => reasons[reason]))
      break
    case 'verdictConfirmed':
    case 'contested':
      parts.push(verdicts[fact.verdict])
      break
    default:
  }
  return parts.filter((part) => part !== '').join(', ')
}
