/** Mutes the sound of offers, or not. */
import { t } from '../language/language.ts'
import { SoundIcon, SoundOffIcon } from '../page/icons.tsx'
import { setSound, soundOn } from './ring.ts'

export const SoundSwitch = () => {
  const on = soundOn.value
  const label = t(on ? 'soundOn' : 'soundOff')
  return (
    <button
      type="button"
      class="ds-button tool"
      data-variant="tertiary"
      data-color="neutral"
      data-icon
      title={label}
      onClick={() => setSound(!on)}
    >
      {on ? <SoundIcon /> : <SoundOffIcon />}
      <span class="ds-sr-only">{label}</span>
    </button>
  )
}
