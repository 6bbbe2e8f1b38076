/** French of taking part: joining, asking for the agency, leaving. */
import type { enScheme } from './en-scheme.ts'

export const frScheme: Record<keyof typeof enScheme, string> = {
  saidLeft: 'A quitté le dispositif en ligne. Ce qui a été dit reste auprès de la personne qui accompagnait.',
  saidCameBack: 'Est de retour dans le dispositif en ligne',
  saidAgencyAsked: 'Souhaite un rendez-vous en agence',

  titleScheme: 'Ma participation · Visavis',
  schemeMenu: 'Ma participation',
  schemePage: 'Ma participation et mes récépissés',
  schemeHeading: 'Ma participation',
  schemeIn: 'Vous participez.',
  schemeInSince: 'Vous participez depuis : {time}.',
  schemeFollowedBy: '{name} vous accompagne.',
  schemeAwaiting: 'Vous ne participez pas encore.',
  schemeOut: 'Vous avez quitté le dispositif.',
  schemeOutSince: 'Vous avez quitté le dispositif : {time}.',
  schemeOutText: 'Vos rendez-vous ont lieu en agence. Cela ne change rien à votre inscription ni à vos allocations.',
  schemeSettling: 'Vos rendez-vous passent en agence. Vous pourrez revenir dans un instant.',
  schemeTextHeading: 'De quoi s’agit-il ?',
  schemeTextVersion: 'Version {version} de ce texte',
  schemeRead: 'J’ai lu ce texte et je souhaite participer',
  schemeReadMissing: 'Cochez la case pour dire que vous souhaitez participer.',
  schemeJoin: 'Participer',
  schemeRejoin: 'Revenir',
  schemeJoined: 'Vous participez. Voici votre récépissé.',
  schemeWaived: 'On vous dispense du test du matériel : vous pouvez participer.',
  schemeToPage: 'Aller à ma page',

  obstacleClosed: 'Votre région n’accueille personne de nouveau pour le moment. Vos rendez-vous ont lieu en agence.',
  obstaclePilot: 'Votre région commence par quelques équipes, et la vôtre n’en fait pas encore partie.',
  obstacleCapacity: 'Votre région n’a plus de place pour le moment. Réessayez plus tard, ou demandez à votre agence.',
  obstacleCeiling:
    'La personne qui vous accompagne n’a plus de place en ligne pour le moment. Demandez à votre agence.',
  obstacleReinforced: 'Votre accompagnement renforcé a lieu en agence : il n’est pas ouvert au suivi en ligne.',
  schemeCheck: 'Tester mon matériel',
  obstacleCheck:
    'Vérifiez d’abord votre appareil. Si cela ne fonctionne pas, la personne qui vous accompagne peut vous en dispenser.',
  obstacleVersion: 'Le texte a changé entre-temps : merci de le relire.',

  schemeAgency: 'Demander un rendez-vous en agence',
  schemeAgencyText:
    'Tous vos rendez-vous par webcam deviennent des rendez-vous en agence, aux mêmes heures, et la personne qui vous accompagne en est informée. Cela ne vous sera jamais reproché, et vous pouvez y revenir.',
  schemeAgencyDone: 'Votre demande est enregistrée. Voici votre récépissé.',
  schemeLeave: 'Quitter le dispositif',
  schemeLeaveText:
    'Vos rendez-vous par webcam deviennent des rendez-vous en agence, vos demandes de rappel sont retirées, et cette page se ferme. Cela ne vous sera jamais reproché, et vous pouvez revenir.',
  schemeLeaveWhy: 'Pour quelle raison ? (facultatif)',
  schemeWhyNone: 'Je préfère ne pas le dire',
  schemeWhyAgency: 'Je préfère venir en agence',
  schemeWhyTechnology: 'Cela ne fonctionne pas assez bien pour moi',
  schemeWhyPrivacy: 'Je ne souhaite pas échanger en ligne',
  schemeWhyWork: 'J’ai trouvé un emploi ou une formation',
  schemeWhyOther: 'Une autre raison',
  schemeLeft: 'Vous avez quitté le dispositif. Voici votre récépissé.',

  receiptsHeading: 'Récépissés',
  receiptNumber: 'Récépissé {number}',
  receiptPrint: 'Imprimer',
  receiptjoined: 'Vous avez choisi de participer, version {version} du texte',
  receiptleft: 'Vous avez quitté le dispositif',
  receiptagency: 'Vous avez demandé un rendez-vous en agence',
  receiptasked: 'Vous avez demandé à participer ; un test du matériel manquait (texte version {version})',
  receiptcheckWaived: 'Vous pouvez participer sans test du matériel',
  receiptWhy: 'Raison :',
  receiptNever: 'Ce que vous décidez ici ne vous sera jamais reproché.',

  schemeAgencyTitle: 'Rendez-vous en agence',
  receiptText: 'Le texte tel que vous l’avez lu',
  receiptAskedClosed:
    'Vous avez demandé à participer ; votre région n’accueillait personne de nouveau (texte version {version})',
  receiptAskedPilot:
    'Vous avez demandé à participer ; votre équipe n’était pas parmi celles de l’essai (texte version {version})',
  receiptAskedFull: 'Vous avez demandé à participer ; il n’y avait plus de place (texte version {version})',
  receiptAskedReinforced:
    'Vous avez demandé à participer ; votre accompagnement a lieu en agence (texte version {version})',
  outside:
    'Vous ne participez pas en ligne pour le moment. Vos récépissés, et comment participer ou revenir, sont sur la page de votre participation.',

  checkOfPerson: 'Dernier test du matériel',

  opinionHeading: 'Comment cela s’est-il passé ?',
  opinionText: 'Deux questions, si vous le souhaitez. Les réponses sont seulement comptées, sans votre nom.',
  opinionTalk: 'Comment s’est passé l’entretien ?',
  opinionMedia: 'Vous êtes-vous bien entendus et vus ?',
  opinionStar: '{n} sur 5',
  opinionLow: '1 : pas bien du tout',
  opinionHigh: '5 : très bien',
  opinionSend: 'Envoyer',
  opinionSkip: 'Non merci',
  opinionAnswered: 'Vous avez déjà répondu pour cet entretien. Merci.',
  opinionLate: 'Cet entretien est trop ancien : on peut répondre pendant 7 jours.',
  opinionNoTalk: 'Le relevé ne montre pas encore que vous étiez là tous les deux. Réessayez dans un instant.',
  opinionThanks: 'Merci.',
}
