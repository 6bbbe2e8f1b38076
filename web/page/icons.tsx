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
export const MoreIcon = () => (
  <Icon>
    <circle cx="5.5" cy="12" r="0.9" />
    <circle cx="12" cy="12" r="0.9" />
    <circle cx="18.5" cy="12" r="0.9" />
  </Icon>
)
export const ReplyIcon = () => (
  <Icon>
    <path d="M10 6 4 12l6 6M4.5 12H14a6 6 0 0 1 6 6" />
  </Icon>
)
export const EditIcon = () => (
  <Icon>
    <path d="M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM14 6.5l3.5 3.5" />
  </Icon>
)
export const RemoveIcon = () => (
  <Icon>
    <path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10.2 10.5l.3 6M13.8 10.5l-.3 6" />
  </Icon>
)
export const PinIcon = () => (
  <Icon>
    <path d="M9 4h6l-.8 6.5L17.5 14v1.5h-11V14l3.3-3.5zM12 15.5V21" />
  </Icon>
)
export const CopyIcon = () => (
  <Icon>
    <rect x="8.5" y="8.5" width="11" height="11.5" rx="2" />
    <path d="M15.5 8.5v-3A1.5 1.5 0 0 0 14 4H6a1.5 1.5 0 0 0-1.5 1.5V14A1.5 1.5 0 0 0 6 15.5h2.5" />
  </Icon>
)
export const HistoryIcon = () => (
  <Icon>
    <path d="M4.5 12a7.5 7.5 0 1 1 2.4 5.5M4 6.5l.5 5.5 5-1.5M12 8v4.3l3 1.7" />
  </Icon>
)
export const UnreadIcon = () => (
  <Icon>
    <rect x="3.5" y="6" width="17" height="12.5" rx="2" />
    <path d="m4 7.5 8 6 8-6" />
  </Icon>
)
export const SearchIcon = () => (
  <Icon>
    <circle cx="10.5" cy="10.5" r="6" />
    <path d="m15 15 5.5 5.5" />
  </Icon>
)
export const NoteIcon = () => (
  <Icon>
    <path d="M5.5 4h13v11l-5 5h-8zM13.5 20v-5h5M9 8.5h6M9 12h3.5" />
  </Icon>
)
export const LockIcon = () => (
  <Icon>
    <rect x="5" y="10.5" width="14" height="9.5" rx="2" />
    <path d="M8 10.5V8a4 4 0 0 1 8 0v2.5" />
  </Icon>
)
export const ClipIcon = () => (
  <Icon>
    <path d="M19 11.5 12 18.5a4.6 4.6 0 0 1-6.5-6.5l7.5-7.5a3.1 3.1 0 0 1 4.4 4.4l-7.3 7.3a1.5 1.5 0 0 1-2.2-2.2L14.5 8" />
  </Icon>
)
export const FileIcon = () => (
  <Icon>
    <path d="M6.5 3.5h7.5l4 4v13h-11.5zM13.5 3.5v4.5h4.5" />
  </Icon>
)
export const CloseIcon = () => (
  <Icon>
    <path d="m6 6 12 12M18 6 6 18" />
  </Icon>
)
export const HandOverIcon = () => (
  <Icon>
    <path d="M4 8h14l-4-4M20 16H6l4 4" />
  </Icon>
)
export const BellIcon = () => (
  <Icon>
    <path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4" />
  </Icon>
)
export const SoundIcon = () => (
  <Icon>
    <path d="M4.5 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.2a4 4 0 0 1 0 5.6M18.6 6.6a7.6 7.6 0 0 1 0 10.8" />
  </Icon>
)
export const SoundOffIcon = () => (
  <Icon>
    <path d="M4.5 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.7l4.6 4.6M20.6 9.7 16 14.3" />
  </Icon>
)
export const PlusIcon = () => (
  <Icon>
    <path d="M12 5v14M5 12h14" />
  </Icon>
)
export const ReadyIcon = () => (
  <Icon>
    <path d="M4 5.5h16v11H10.5L6 20v-3.5H4zM12.5 7.5l-2.5 4h4l-2.5 3.5" />
  </Icon>
)
export const CalendarIcon = () => (
  <Icon>
    <rect x="4" y="5.5" width="16" height="14.5" rx="2.5" />
    <path d="M4 10h16M8.5 3.5v4M15.5 3.5v4" />
  </Icon>
)
export const DevicesIcon = () => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </Icon>
)
export const ScreenIcon = () => (
  <Icon>
    <rect x="3.5" y="4.5" width="17" height="12" rx="2" />
    <path d="M8.5 20h7M12 16.5V20M12 13V8M9.5 10.2 12 7.8l2.5 2.4" />
  </Icon>
)
export const GridIcon = () => (
  <Icon>
    <rect x="4" y="4" width="7" height="7" rx="1.5" />
    <rect x="13" y="4" width="7" height="7" rx="1.5" />
    <rect x="4" y="13" width="7" height="7" rx="1.5" />
    <rect x="13" y="13" width="7" height="7" rx="1.5" />
  </Icon>
)
export const HandIcon = () => (
  <Icon>
    <path d="M8 12.5V6.2a1.4 1.4 0 0 1 2.8 0v5M10.8 10.5V4.6a1.4 1.4 0 0 1 2.8 0v6M13.6 10.8V6a1.4 1.4 0 0 1 2.8 0v8.5a6 6 0 0 1-6 6c-2.3 0-3.7-1-4.900-3l-2.2-3.900c-.9-1.600 1.300-2.900 2.400-1.500L8 14.300" />
  </Icon>
)
export const SelfIcon = () => (
  <Icon>
    <circle cx="12" cy="8.5" r="4" />
    <path d="M4.5 20a7.5 7.5 0 0 1 15 0" />
  </Icon>
)
