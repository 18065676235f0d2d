// Styles of what does not come with the page.

/**
 * Have a style on the page, once; whoever waits for it hears when it is there.
 * @param {string} href
 * @returns {Promise<unknown>}
 */
export function wear(href) {
  if (document.querySelector(`link[href="${CSS.escape(href)}"]`)) return Promise.resolve();
  const link = document.createElement("link");
  [link.rel, link.href] = ["stylesheet", href];
  const worn = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
  });
  worn.catch(() => {}); // Most do not wait.
  document.head.append(link);
  return worn;
}
