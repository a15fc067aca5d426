import uPlot from 'uplot'
import { type ChartData, stacked } from './chart-data.ts'
import type { ChartDefinition } from './chart-definitions.ts'
import { dayOnly, minuteTime, orNone } from './format.ts'

/** Draws one chart on a canvas. Its legend and its table hold the same figures as text. */

const plotHeight = 168
const axisHeight = 24
const axisWidth = 54
const millisecondsPerSecond = 1000
const dayMs = 86_400_000
/** Part of its time that a bar fills, and the widest bar in pixels. */
const barPart = 0.8
const widestBar = 36
const lineWidth = 1.75
/** Room above the highest value. */
const headroom = 1.08
const leastGapPixels = 72
const leastLinePixels = 34
const pointSize = 5

/** Canvases know no variables of the style sheet: the browser computes their colors on an element. */
const colorOf = (variable: string, within: HTMLElement): string => {
  const probe = document.createElement('span')
  probe.style.color = `var(${variable})`
  within.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** Days for long periods, hours for short ones. */
const axisTimes = (_: uPlot, seconds: number[]): string[] => {
  const times = seconds.map((second) => second * millisecondsPerSecond)
  const step = (times[1] ?? 0) - (times[0] ?? 0)
  return times.map((at) =>
    (step >= dayMs || new Date(at).getHours() + new Date(at).getMinutes() === 0 ? dayOnly : minuteTime)(at),
  )
}

const axesOf = (definition: ChartDefinition, host: HTMLElement): uPlot.Axis[] => {
  const { fontFamily } = getComputedStyle(host)
  const shared = {
    stroke: colorOf('--quiet', host),
    font: `11px ${fontFamily}`,
    ticks: { show: false },
  }
  const stroke = colorOf('--grid', host)
  return [
    { ...shared, size: axisHeight, space: leastGapPixels, values: axisTimes, grid: { show: false }, gap: 4 },
    {
      ...shared,
      size: axisWidth,
      space: leastLinePixels,
      values: (_, values) => values.map((value) => orNone(value, definition.axisFormat ?? definition.format)),
      grid: { stroke, width: 1 },
      gap: 6,
    },
  ]
}

/** A line between two gaps has no length: only its point shows it. */
const alone: uPlot.Series.Points.Filter = (plot, series) => {
  const values = plot.data[series] ?? []
  const has = (index: number): boolean => typeof values[index] === 'number'
  return Array.from(values.keys()).filter((index) => has(index) && !has(index - 1) && !has(index + 1))
}

/** The last sum of a stack is drawn first: the ones below cover their part of it. */
const seriesOf = ({ kind, series }: ChartDefinition, host: HTMLElement): uPlot.Series[] => {
  const drawn = series.map(({ label, color: variable }) => {
    const color = colorOf(variable, host)
    if (kind === 'lines')
      return {
        label,
        stroke: color,
        width: lineWidth,
        spanGaps: false,
        points: { size: pointSize, fill: color, filter: alone },
      }
    const paths = uPlot.paths.bars?.({ size: [barPart, widestBar], align: 1 })
    return { label, fill: color, stroke: color, width: 0, points: { show: false }, ...(paths && { paths }) }
  })
  return [{}, ...(kind === 'stack' ? drawn.reverse() : drawn)]
}

const columnsOf = ({ kind }: ChartDefinition, { seconds, values }: ChartData): uPlot.AlignedData => {
  return [[...seconds], ...(kind === 'stack' ? stacked(values).reverse() : values.map((list) => [...list]))]
}

export interface Plot {
  show(data: ChartData): void
  /** Moves the mark by this number of points. */
  step(points: number): void
  resize(): void
  destroy(): void
}

/** All charts show the mark at the same time. */
const together = 'dashboard'

/** `onMark` gets the index of the marked point; undefined when the pointer has left. */
export const createPlot = (
  definition: ChartDefinition,
  host: HTMLElement,
  onMark: (index: number | undefined) => void,
): Plot => {
  let pointSeconds = 0
  const { maximum } = definition
  const plot = new uPlot(
    {
      width: host.clientWidth,
      height: plotHeight,
      padding: [8, 22, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: definition.kind === 'lines' },
        drag: { setScale: false, x: false },
        sync: { key: together },
      },
      scales: {
        x: { time: true, range: (_, first, last) => [first, last + pointSeconds] },
        y: { range: (_, _least, most) => [0, maximum ?? (most > 0 ? most * headroom : 1)] },
      },
      axes: axesOf(definition, host),
      series: seriesOf(definition, host),
      hooks: { setCursor: [({ cursor }) => onMark(cursor.idx ?? undefined)] },
    },
    [[]],
    host,
  )
  const step = (points: number): void => {
    const last = plot.data[0].length - 1
    const index = Math.min(last, Math.max(0, (plot.cursor.idx ?? (points > 0 ? -1 : last + 1)) + points))
    const at = plot.data[0][index]
    if (at !== undefined) plot.setCursor({ left: plot.valToPos(at, 'x') + 1, top: 0 })
  }
  return {
    show(data) {
      const [first = 0, second = first] = data.seconds
      pointSeconds = second - first
      plot.setData(columnsOf(definition, data))
    },
    step,
    resize: () => plot.setSize({ width: host.clientWidth, height: plotHeight }),
    destroy: () => plot.destroy(),
  }
}
