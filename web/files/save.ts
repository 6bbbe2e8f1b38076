/** Saves a file of this service. Going there would ask whoever has something on its way whether they mean to leave. */
export function save(url: string): void {
  const link = document.createElement('a')
  link.href = url
  // Its name is what the server says.
  link.download = ''
  link.click()
}
