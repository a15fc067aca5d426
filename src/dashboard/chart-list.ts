import { chartsOf } from './chart-definitions.ts'
import { type ChartContent, type ChartPanel, createChartPanel } from './chart-panel.ts'

/** All charts of the page. Their panels stay while the figures change. */

export interface ChartList {
  show(content: ChartContent, currency: string): void
  resize(): void
  redraw(): void
}

export const createChartList = (host: HTMLElement): ChartList => {
  const panels = new Map<string, ChartPanel>()
  const each = (work: (panel: ChartPanel) => void): void => {
    for (const panel of panels.values()) work(panel)
  }
  return {
    show(content, currency) {
      const definitions = chartsOf(content.total, currency)
      for (const [id, panel] of panels) {
        if (definitions.some((definition) => definition.id === id)) continue
        panel.destroy()
        panel.element.remove()
        panels.delete(id)
      }
      for (const definition of definitions) {
        const known = panels.get(definition.id)
        const panel = known ?? createChartPanel(definition)
        panels.set(definition.id, panel)
        if (known === undefined) host.append(panel.element)
        panel.show(content)
      }
    },
    resize: () => each((panel) => panel.resize()),
    redraw: () => each((panel) => panel.redraw()),
  }
}
