/**
 * What a device check has found, in words, for the page and the paper of a record: those of our own check (check-rule.ts), and of
 * systems that say it as we did. *Pure.*
 */
import type { Advice } from './check-rule.ts'

type Problem = Advice | 'no-camera' | 'no-microphone'
type ProblemWords = Readonly<Record<Problem, string>>

const fr: ProblemWords = {
  'network-blocked': 'réseau fermé aux appels vidéo',
  'network-failed': 'appel d’essai sans retour',
  'allow-devices': 'caméra ou micro refusés par le navigateur',
  'connect-microphone': 'pas de micro',
  'free-devices': 'caméra ou micro pris par un autre programme',
  'newer-browser': 'navigateur trop ancien',
  'speaker-silent': 'aucun son entendu',
  'microphone-silent': 'micro muet',
  'network-too-slow': 'connexion trop lente pour se parler',
  'network-lossy': 'son perdu en partie',
  'connect-camera': 'pas de caméra',
  'audio-only': 'connexion à peine suffisante pour l’image',
  'network-slow': 'image petite ou floue',
  'network-far': 'mots longs à arriver',
  'only-detours': 'chemin direct fermé',
  unfinished: 'test inachevé',
  'no-camera': 'pas de caméra',
  'no-microphone': 'pas de micro',
}

const en: ProblemWords = {
  'network-blocked': 'network closed to video calls',
  'network-failed': 'nothing came back from the test call',
  'allow-devices': 'camera or microphone refused by the browser',
  'connect-microphone': 'no microphone',
  'free-devices': 'camera or microphone taken by another program',
  'newer-browser': 'browser too old',
  'speaker-silent': 'no sound heard',
  'microphone-silent': 'silent microphone',
  'network-too-slow': 'line too slow to talk',
  'network-lossy': 'part of the sound lost',
  'connect-camera': 'no camera',
  'audio-only': 'line hardly enough for a picture',
  'network-slow': 'small or blurred picture',
  'network-far': 'words slow to arrive',
  'only-detours': 'direct way closed',
  unfinished: 'check not finished',
  'no-camera': 'no camera',
  'no-microphone': 'no microphone',
}

export const problemWords: Readonly<Record<'fr' | 'en', Readonly<Record<string, string>>>> = { fr, en }
