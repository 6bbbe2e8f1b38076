/** A button with a menu. Arrows, first letters and Escape do what people expect of one. */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface MenuItem {
  readonly label: string
  readonly icon: ComponentChildren
  readonly danger?: boolean
  readonly onChoose: () => void
}

export interface MenuProps {
  readonly label: string
  readonly icon: ComponentChildren
  /** Where there is room, the label is shown beside the icon. */
  readonly named?: boolean
  /** Asked for when it opens: what can be done may depend on the moment. */
  readonly items: () => readonly MenuItem[]
  readonly class?: string
  readonly tabIndex?: number
}

/** Between the menu and its button, and between the menu and the edge of the window. */
const gapPx = 4

export const Menu = ({ label, icon, named = false, items, class: name = '', tabIndex = 0 }: MenuProps) => {
  const [shown, setShown] = useState<readonly MenuItem[]>()
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  return (
    <>
      <button
        ref={button}
        type="button"
        class={`ds-button ${name}`}
        data-variant="tertiary"
        data-color="neutral"
        data-icon={named ? undefined : ''}
        tabIndex={tabIndex}
        aria-haspopup="menu"
        aria-expanded={shown !== undefined}
        aria-controls={shown === undefined ? undefined : id}
        onClick={() => setShown(shown === undefined ? items() : undefined)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || shown !== undefined || !event.altKey) return
          event.preventDefault()
          setShown(items())
        }}
      >
        {icon}
        <span class={named ? 'menu-name' : 'ds-sr-only'}>{label}</span>
      </button>
      {shown === undefined ? null : (
        <Popup
          id={id}
          label={label}
          items={shown}
          button={button.current}
          onClose={(back) => {
            setShown(undefined)
            if (back) button.current?.focus({ preventScroll: true })
          }}
        />
      )}
    </>
  )
}

interface PopupProps {
  readonly id: string
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly button: HTMLElement | null
  /** @param back whether the focus returns to the button. */
  readonly onClose: (back: boolean) => void
}

const Popup = ({ id, label, items, button, onClose }: PopupProps) => {
  const popup = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = popup.current
    if (element === null || button === null) return
    // Firefox has popovers since 125: in an older one it lies within the page.
    element.showPopover?.()
    place(element, button.getBoundingClientRect())
    itemsOf(element)[0]?.focus({ preventScroll: true })
    const onPointerDown = ({ target }: Event) => {
      if (target instanceof Node && !element.contains(target) && !button.contains(target)) onClose(false)
    }
    const onMove = () => place(element, button.getBoundingClientRect())
    document.addEventListener('pointerdown', onPointerDown)
    document.addEventListener('scroll', onMove, { capture: true, passive: true })
    addEventListener('resize', onMove)
    return () => {
      document.removeEventListener('pointerdown', onPointerDown)
      document.removeEventListener('scroll', onMove, { capture: true })
      removeEventListener('resize', onMove)
    }
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Tab') return onClose(true)
    if (event.key === 'Escape') {
      event.preventDefault()
      return onClose(true)
    }
    const next = nextOf(itemsOf(popup.current), event.key)
    if (next === undefined) return
    event.preventDefault()
    next.focus()
  }
  return (
    <div id={id} ref={popup} class="menu" role="menu" aria-label={label} popover="manual" onKeyDown={onKeyDown}>
      {items.map(({ label: words, icon, danger = false, onChoose }) => (
        <button
          key={words}
          type="button"
          class="menu__item"
          role="menuitem"
          tabIndex={-1}
          data-danger={danger}
          onClick={() => {
            // First the focus goes back, so that what is chosen may take it from there.
            onClose(true)
            onChoose()
          }}
        >
          {icon}
          {words}
        </button>
      ))}
    </div>
  )
}

const itemsOf = (popup: HTMLElement | null): readonly HTMLElement[] => [
  ...(popup?.querySelectorAll<HTMLElement>('.menu__item') ?? []),
]

function nextOf(items: readonly HTMLElement[], key: string): HTMLElement | undefined {
  const at = items.findIndex((item) => item.contains(document.activeElement))
  if (key === 'ArrowDown') return items[(at + 1) % items.length]
  if (key === 'ArrowUp') return items.at(at - 1)
  if (key === 'Home') return items[0]
  if (key === 'End') return items.at(-1)
  if (key.length !== 1 || key === ' ') return undefined
  const letter = key.toLocaleLowerCase()
  const inTurn = [...items.slice(at + 1), ...items.slice(0, at + 1)]
  return inTurn.find(({ textContent }) => textContent.toLocaleLowerCase().startsWith(letter))
}

/** Below its button, or above where there is no room; never beyond the window. */
function place(popup: HTMLElement, anchor: DOMRect): void {
  const { width, height } = popup.getBoundingClientRect()
  const fitsBelow = anchor.bottom + gapPx + height <= innerHeight
  const top = fitsBelow ? anchor.bottom + gapPx : Math.max(gapPx, anchor.top - gapPx - height)
  const left = Math.max(gapPx, Math.min(anchor.left, document.documentElement.clientWidth - width - gapPx))
  popup.style.setProperty('top', `${top}px`)
  popup.style.setProperty('left', `${left}px`)
}
