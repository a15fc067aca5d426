import type { UsageFigures, UsagePoint, UsageSeries } from '../usage/usage-report.ts'
import { createPlot, type Plot } from './chart.ts'
import { chartDataOf } from './chart-data.ts'
import type { ChartDefinition } from './chart-definitions.ts'
import { type Column, create, createTable, setText } from './dom.ts'
import { orNone, pointTime } from './format.ts'

/** A chart with its legend, and with its figures as a table. */

export interface ChartContent {
  readonly series: UsageSeries
  readonly total: UsageFigures
}

export interface ChartPanel {
  readonly element: HTMLElement
  show(content: ChartContent): void
  resize(): void
  /** Draws with the colors of the scheme that is in use now. */
  redraw(): void
  destroy(): void
}

/** Newest first, without the times in which nothing happened. */
const tableOf = (
  { title, series, format }: ChartDefinition,
  { series: { step, points } }: ChartContent,
): HTMLElement => {
  const columns: Column<UsagePoint>[] = [
    { title: 'Time', class: 'text', cell: ({ at }) => pointTime(at, step) },
    ...series.map(({ label, value }) => ({ title: label, cell: (point: UsagePoint) => orNone(value(point), format) })),
  ]
  return createTable(title, points.filter(({ requests }) => requests > 0).toReversed(), columns)
}

/** Points that a key moves the mark. */
const keys: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }

const createParts = ({ id, title, series }: ChartDefinition) => {
  const moment = create('span', { class: 'chart-moment' })
  const toggle = create('button', {
    class: 'plain',
    attributes: { type: 'button', 'aria-expanded': 'false', 'aria-controls': `${id}-table` },
  })
  const values = series.map(() => create('span'))
  const legend = create(
    'ul',
    { class: 'legend' },
    ...series.map(({ label, color }, index) => {
      const key = create('span', { class: 'key' }, `${label} `)
      key.style.setProperty('--swatch', `var(${color})`)
      return create('li', {}, key, values[index])
    }),
  )
  const label = `${title}: chart. Arrow keys move through the time. The table has the same figures.`
  const plotHost = create('div', { class: 'plot', attributes: { role: 'img', tabindex: '0', 'aria-label': label } })
  const table = create('div', {
    class: 'table',
    attributes: { id: `${id}-table`, role: 'group', tabindex: '0', 'aria-label': `${title}: figures` },
  })
  plotHost.append(create('p', { class: 'empty' }, 'No requests in this time'))
  const head = create('div', { class: 'chart-head' }, create('h3', {}, title), moment, toggle)
  const element = create('article', { class: 'chart', data: { chart: id } }, head, legend, plotHost, table)
  return { element, moment, toggle, values, plotHost, table }
}

const describeToggle = (toggle: HTMLElement, title: string, hasTable: boolean): void => {
  toggle.setAttribute('aria-expanded', String(hasTable))
  toggle.setAttribute('aria-label', `${title}: ${hasTable ? 'show the chart' : 'show the figures as a table'}`)
  setText(toggle, hasTable ? 'Chart' : 'Table')
}

const followKeys = (host: HTMLElement, step: (points: number) => void): void =>
  host.addEventListener('keydown', (event) => {
    const points = keys[event.key]
    if (points === undefined) return
    event.preventDefault()
    step(points)
  })

export const createChartPanel = (definition: ChartDefinition): ChartPanel => {
  const { element, moment, toggle, values, plotHost, table } = createParts(definition)
  const { series, format, title } = definition
  let content: ChartContent | undefined
  let plot: Plot | undefined
  let hasTable = false
  let marked: number | undefined

  /** The figures of the marked point, or of the whole time. */
  const showLegend = (): void => {
    if (content === undefined) return
    const { points, step } = content.series
    const point = marked === undefined ? undefined : points[marked]
    const figures = point ?? content.total
    setText(moment, point === undefined ? '' : pointTime(point.at, step))
    series.forEach(({ value }, place) => {
      const target = values[place]
      if (target !== undefined) setText(target, orNone(value(figures), format))
    })
  }

  const mark = (index: number | undefined): void => {
    marked = index
    showLegend()
  }

  const draw = (): void => {
    if (content === undefined || hasTable) return
    plot ??= createPlot(definition, plotHost, mark)
    plot.show(chartDataOf(definition, content.series.points))
  }

  const showBody = (): void => {
    plotHost.hidden = hasTable
    table.hidden = !hasTable
    describeToggle(toggle, title, hasTable)
    if (content !== undefined) table.replaceChildren(...(hasTable ? [tableOf(definition, content)] : []))
  }

  toggle.addEventListener('click', () => {
    hasTable = !hasTable
    showBody()
    draw()
    plot?.resize()
  })
  followKeys(plotHost, (points) => plot?.step(points))
  showBody()

  const destroy = (): void => {
    plot?.destroy()
    plot = undefined
  }
  return {
    element,
    show(next) {
      content = next
      plotHost.classList.toggle('is-empty', next.total.requests === 0)
      showLegend()
      showBody()
      draw()
    },
    resize: () => plot?.resize(),
    redraw() {
      destroy()
      draw()
    },
    destroy,
  }
}
