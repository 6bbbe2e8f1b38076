/** Line icons, drawn for a 24 px grid. They only accompany words, so they are hidden from screen readers. */
import type { ComponentChildren } from 'preact'

const Icon = ({ children }: { children: ComponentChildren }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    {children}
  </svg>
)

export const CameraIcon = () => (
  <Icon>
    <rect x="3" y="6.5" width="12.5" height="11" rx="2.5" />
    <path d="m15.5 10.5 5.5-3v9l-5.5-3" />
  </Icon>
)
export const CameraOffIcon = () => (
  <Icon>
    <path d="M8.5 6.5H13a2.5 2.5 0 0 1 2.5 2.5v1.5l5.5-3v9l-5.5-3v1.5M13.5 17.4 5.5 17.5A2.5 2.5 0 0 1 3 15V9a2.5 2.5 0 0 1 1.6-2.3M3 3l18 18" />
  </Icon>
)
export const MicrophoneIcon = () => (
  <Icon>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </Icon>
)
export const MicrophoneOffIcon = () => (
  <Icon>
    <path d="M15 10.5V6a3 3 0 0 0-5.8-1M9 9.5V11a3 3 0 0 0 4.5 2.6M5.5 11.5a6.5 6.5 0 0 0 10.3 5.3M18.5 11.5a6.5 6.5 0 0 1-.6 2.7M12 18v3M3 3l18 18" />
  </Icon>
)
export const LeaveIcon = () => (
  <Icon>
    <path d="M3 14.5c4.5-5.5 13.5-5.5 18 0l-2.5 2.3-3.5-1.6v-2.5a10 10 0 0 0-6 0v2.5l-3.5 1.6z" />
  </Icon>
)
export const PhoneIcon = () => (
  <Icon>
    <path d="M5 4h4l1.5 4.5-2.3 1.5a12 12 0 0 0 5.8 5.8l1.5-2.3L20 15v4a1.5 1.5 0 0 1-1.6 1.5A15.5 15.5 0 0 1 3.5 5.6 1.5 1.5 0 0 1 5 4z" />
  </Icon>
)
export const ChatIcon = () => (
  <Icon>
    <path d="M4 5.5h16v11H10.5L6 20v-3.5H4z" />
  </Icon>
)
export const SendIcon = () => (
  <Icon>
    <path d="M4 12 20.5 4.5 15.5 20l-3.5-6.5zM12 13.5l4-4.5" />
  </Icon>
)
export const BackIcon = () => (
  <Icon>
    <path d="M11 5l-7 7 7 7M4 12h16" />
  </Icon>
)
export const DownIcon = () => (
  <Icon>
    <path d="M12 5v14M5.5 12.5 12 19l6.5-6.5" />
  </Icon>
)
export const ClockIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7v5l3.5 2" />
  </Icon>
)
export const DoneIcon = () => (
  <Icon>
    <path d="m5 12.5 4.5 4.5L19 7" />
  </Icon>
)
