/** Where the pages are: with a slash at the end, below whatever path the server or a proxy has put them. */

/** All pages lie beside each other. */
export const pages = new URL('.', location.href).href
