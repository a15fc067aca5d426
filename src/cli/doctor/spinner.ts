/** Something that moves while a check runs, on a terminal; nothing anywhere else. */
export interface Spinner {
  begin(title: string): void
  /** Leaves a clean line behind. */
  end(): void
}

const frames = ['|', '/', '-', '\\']
const frameMs = 120
const clearLine = '\r\u001b[2K'

/** Holds no cursor back: a program that is ended in between leaves the terminal as it was. */
export const createSpinner = (write: (text: string) => void): Spinner => {
  let timer: ReturnType<typeof setInterval> | undefined
  return {
    begin(title) {
      let turn = 0
      const draw = (): void => {
        write(`${clearLine}${frames[turn % frames.length]}     ${title}`)
        turn += 1
      }
      draw()
      timer = setInterval(draw, frameMs)
    },
    end() {
      clearInterval(timer)
      write(clearLine)
    },
  }
}

export const noSpinner: Spinner = { begin: () => {}, end: () => {} }
