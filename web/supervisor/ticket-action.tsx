/** What a supervisor may do about somebody who waits. */
export interface TicketActionProps {
  readonly words: string
  /** Of whom: for those who hear the button without what is around it. */
  readonly name: string
  readonly onClick: () => void
}

export const TicketAction = ({ words, name, onClick }: TicketActionProps) => (
  <button
    type="button"
    class="ds-button"
    data-variant="secondary"
    data-color="neutral"
    data-size="sm"
    onClick={onClick}
  >
    {words}
    <span class="ds-sr-only"> {name}</span>
  </button>
)
