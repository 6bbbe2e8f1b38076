/** Pure: frames like those of conversations, different each time, so that a compressor has what it would have in use. */
import { seeded } from './statistics.ts'

const words =
  'bonjour madame monsieur je nous vous votre mon ma mes les des une un pour avec dans sur sans dossier rendez-vous entretien formation offre emploi contrat entreprise candidature lettre motivation document attestation situation recherche projet atelier conseiller agence lundi mardi mercredi jeudi vendredi matin midi heures semaine prochaine demain merci beaucoup possible envoyer recevoir appeler confirmer annuler reporter modifier transmettre actualisation mensuelle allocation droits inscription stage logistique informatique restauration comptable magasinier cariste chauffeur bilan mais donc parce que quand comment pourquoi toujours encore jamais bientôt cordialement'.split(
    ' ',
  )

/** Names, numbers, slips of the pen: such words a compressor has never seen. */
const rare = 0.3
const syllables = (random: () => number): string => Math.floor(random() * 2 ** 40).toString(36)

/** Makes texts, the same ones in the same order for the same seed. */
export function texts(seed: number): (length: number) => string {
  const random = seeded(seed)
  return (length) => {
    let text = ''
    while (text.length < length)
      text += `${random() < rare ? syllables(random) : words[Math.floor(random() * words.length)]} `
    return text.slice(0, length)
  }
}

/** Bytes of the text of a message, like a sentence. */
export const messageBytes = 128
const manySentences = 1_000

/** Texts of messages, from a store of sentences: what makes one is not what is measured. */
export class MessageTexts {
  readonly #sentences: readonly string[]

  constructor(seed: number) {
    const text = texts(seed)
    // Plain letters, so that a character is a byte.
    const plain = () =>
      text(messageBytes * 2)
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .padEnd(messageBytes, '.')
    this.#sentences = Array.from({ length: manySentences }, plain)
  }

  /** The sentence number `n` after a prefix that tells the message from all others, `messageBytes` long together. */
  after(prefix: string, n: number): string {
    return `${prefix} ${this.#sentences[n % manySentences]}`.slice(0, messageBytes)
  }
}

/** A word of a message that a search for it must find: a whole one (the last may be cut), neither prefix nor hyphenated. */
export function searchWord(text: string, n: number): string {
  const words = text.split(' ').slice(3, -1)
  const plain = words.filter((word) => /^[a-z0-9]{5,}$/.test(word))
  return plain[n % plain.length] ?? words[0] ?? text
}

export interface Frames {
  /** What a client sends: a message of 40 to 440 characters, so that the frame has 140 to 540 bytes. */
  publish(id: number): string
  /** What the server answers: the result, then the event with the message. */
  answer(frame: string): string[]
  /** What is told of a conversation when a page opens: about 2 kB. */
  snapshot(): string
}

const person = (random: () => number): string => `person-${Math.floor(random() * 1e6)}`

export function frames(seed: number): Frames {
  const text = texts(seed)
  const random = seeded(seed + 1)
  const channel = person(random)
  let offset = 0
  const message = (key: string, words: string) => ({
    offset: ++offset,
    key,
    from: channel,
    text: words,
    at: Date.now(),
  })
  return {
    publish(id) {
      const key = Math.floor(random() * 2 ** 52).toString(36)
      return JSON.stringify({
        id,
        method: 'chat.publish',
        params: { channel, key, text: text(40 + Math.floor(random() * 400)) },
      })
    },
    answer(frame) {
      const { id, params } = JSON.parse(frame) as { id: number; params: { key: string; text: string } }
      const data = { channel, message: message(params.key, params.text) }
      const position = { epoch: 'k3v9q2m8', offset }
      return [
        JSON.stringify({ id, result: { position } }),
        JSON.stringify({ event: 'chat.messagePublished', data, stream: `channel:${channel}`, position }),
      ]
    },
    snapshot: () =>
      JSON.stringify({
        id: 1,
        result: {
          messages: Array.from({ length: 7 }, () => message(Math.floor(random() * 2 ** 52).toString(36), text(180))),
          position: { epoch: 'k3v9q2m8', offset },
          more: false,
        },
      }),
  }
}
