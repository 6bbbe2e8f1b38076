/** Camera and microphone: what they see and hear. */
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { DeviceChoice } from '../room/device-choice.tsx'
import { Video } from '../room/video.tsx'
import { Step } from './step.tsx'
import type { CheckedDevices } from './use-devices.ts'
import { c } from './words.ts'

/** Loudness is heard on a logarithmic scale: −60 dB is the left end, 0 dB the right one. */
const shown = (level: number): number =>
  Math.min(100, Math.max(0, Math.round(100 + (20 * Math.log10(level + 1e-6)) / 0.6)))

const Meter = ({ level }: { level: number }) => (
  <meter class="meter" aria-label={c('level')} min={0} max={100} value={shown(level)} />
)

export const DevicesStep = ({ devices }: { devices: CheckedDevices }) => {
  const { capture, error, asking, microphone, camera, level } = devices
  const nameless = (n: number) => c('unnamed', { n })
  const track = capture?.stream.getVideoTracks()[0]
  return (
    <Step n={1} title={c('stepDevices')} done={camera !== undefined && microphone !== undefined}>
      {asking ? <p class="strong">{c('devicesAsking')}</p> : null}
      {error === undefined ? null : (
        <Notice color="danger">
          <p>{t(sentenceOf(error))}</p>
          <button type="button" class="text-button" onClick={devices.ask}>
            {c('devicesRetry')}
          </button>
        </Notice>
      )}
      {capture === undefined ? null : (
        <div class="check__devices">
          {track === undefined ? (
            <p class="quiet">{c('cameraNone')}</p>
          ) : (
            <div class="check__preview">
              <Video stream={capture.stream} label={c('preview')} self />
            </div>
          )}
          <div class="check__choices">
            {capture.missing.includes('microphone') ? (
              <Notice color="warning">{t('roomNoMicrophone')}</Notice>
            ) : (
              <>
                <p class={microphone === 'ok' ? 'strong' : undefined} role="status">
                  {c(microphone === 'ok' ? 'heardYou' : microphone === 'silent' ? 'silentNow' : 'speak')}
                </p>
                <Meter level={level} />
                {microphone === undefined ? (
                  <button type="button" class="text-button" onClick={devices.saySilent}>
                    {c('noVoice')}
                  </button>
                ) : null}
              </>
            )}
            <DeviceChoice
              kind="camera"
              label={c('camera')}
              nameless={nameless}
              current={track?.getSettings().deviceId}
              onChoose={devices.ask}
            />
            <DeviceChoice
              kind="microphone"
              label={c('microphone')}
              nameless={nameless}
              current={capture.stream.getAudioTracks()[0]?.getSettings().deviceId}
              onChoose={devices.ask}
            />
          </div>
        </div>
      )}
    </Step>
  )
}
