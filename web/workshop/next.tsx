/** On the page of the person: what workshops there are next, and the way to their page. */
import type { Visavis } from '../../client/index.ts'
import { moment } from '../language/times.ts'
import { pages } from '../page/place.ts'
import { useWorkshops } from './use-workshops.ts'
import { w } from './words.ts'

/** Of those with a place, or one's own, that are shown. */
const most = 3

export const NextWorkshops = ({ visavis, hosts = false }: { visavis: Visavis; hosts?: boolean }) => {
  const { list, loaded } = useWorkshops(visavis)
  const now = visavis.now()
  const own = list.filter(
    ({ state, until, place }) => state === 'planned' && until > now && (hosts || place !== undefined),
  )
  if (!loaded) return null
  return (
    <div class="next-workshops">
      {own.slice(0, most).map(({ id, title, from }) => (
        <a key={id} class="ds-link" href={`${pages}workshop#${id}`}>
          {w('next', { title, time: moment(from, now) })}
        </a>
      ))}
      <a class="ds-link" href={`${pages}workshop`}>
        {w('toWorkshops')}
      </a>
    </div>
  )
}
