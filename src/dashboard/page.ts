import type { Summary } from '../server/ops/dashboard/summary.ts'
import type { RequestPage } from '../usage/usage-report.ts'
import { type LiveState, readRequests, readSummary, timezone, watchRequests } from './api.ts'
import { showBreakdown } from './breakdown.ts'
import { createChartList } from './chart-list.ts'
import { find, setText, toScrollRegion } from './dom.ts'
import { clockTime, dayAndTime } from './format.ts'
import { showNotices } from './notices.ts'
import { type Period, periodOf, type View } from './range.ts'
import { createRequestList } from './requests.ts'
import { followScheme } from './scheme.ts'
import { showSummary, tilesOf } from './summary.ts'
import { followView } from './view.ts'

/** Joins the parts of the page. */

/** While requests end, the figures follow them in this time. */
const refreshMs = 3000

const element = (id: string): HTMLElement => find(id, HTMLElement)

for (const id of ['breakdown', 'requests']) toScrollRegion(element(id), `${id}-title`)

const charts = createChartList(element('charts'))

const showPeriod = ({ since, until }: Period): void =>
  setText(element('period'), `${dayAndTime(since)} to ${dayAndTime(Math.min(until, Date.now()))} · ${timezone}`)

const show = (summary: Summary, period: Period, { by }: View): void => {
  const { total, currency, series, upstream, client, hasSession } = summary
  setText(element('upstream'), client === undefined ? `· ${upstream}` : `· ${upstream} · ${client}`)
  element('logout').hidden = !hasSession
  showPeriod(period)
  showNotices(element('notices'), summary)
  showSummary(element('summary'), tilesOf(total, currency))
  if (series !== undefined) charts.show({ total, series }, currency)
  showBreakdown(element('breakdown'), summary, by)
}

const createRefresh = () => {
  let running: AbortController | undefined
  let updatedAt: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let view: View | undefined

  const load = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (view === undefined) return
    running?.abort()
    const period = periodOf(view.range, Date.now())
    if (period === undefined) return setText(element('period'), 'Choose a first and a last day, at most 90 days.')
    const own = new AbortController()
    running = own
    document.body.classList.add('is-loading')
    try {
      show(await readSummary(period, view.by, own.signal), period, view)
      updatedAt = Date.now()
      setText(element('foot'), `Updated at ${clockTime(updatedAt)}. Costs and percentiles are estimates.`)
    } catch {
      if (own.signal.aborted) return
      const from = updatedAt === undefined ? '' : ` These are from ${clockTime(updatedAt)}.`
      setText(element('foot'), `The server sends no new figures.${from}`)
    }
    if (running !== own) return
    document.body.classList.remove('is-loading')
  }
  const soon = (): void => {
    if (!document.hidden) timer ??= setTimeout(load, refreshMs)
  }
  return {
    show(next: View): void {
      view = next
      void load()
    },
    soon,
  }
}

const stateTexts: Readonly<Record<LiveState, string>> = { connecting: 'Connecting', live: 'Live', lost: 'Not live' }

const showState = (state: LiveState): void => {
  const target = element('state')
  target.dataset['state'] = state
  setText(target, stateTexts[state])
}

const followRequests = (onNew: () => void): void => {
  const list = createRequestList(element('requests'))
  const older = find('older', HTMLButtonElement)
  let next: string | undefined
  let isFirst = true
  const setNext = (cursor: string | undefined): void => {
    next = cursor
    older.hidden = cursor === undefined
  }
  const add = ({ requests, next: cursor }: RequestPage): void => {
    list.add(requests)
    if (isFirst) setNext(cursor)
    else if (requests.length > 0) onNew()
    isFirst = false
  }
  const readMore = async (): Promise<void> => {
    older.disabled = true
    try {
      const page = await readRequests(next, AbortSignal.timeout(refreshMs))
      list.append(page.requests)
      setNext(page.next)
    } catch {
      // The button stays, for the next try.
    }
    older.disabled = false
  }
  const readOnce = async (): Promise<void> => add(await readRequests(undefined, AbortSignal.timeout(refreshMs)))
  older.addEventListener('click', () => void readMore())
  watchRequests(add, (state) => {
    showState(state)
    if (state === 'lost') readOnce().catch(() => {})
  })
}

const refresh = createRefresh()
followScheme(find('scheme', HTMLSelectElement), charts.redraw)
followView(refresh.show)
followRequests(refresh.soon)
document.addEventListener('visibilitychange', refresh.soon)
new ResizeObserver(charts.resize).observe(element('charts'))
