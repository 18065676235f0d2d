"""axe in the page that is open: put in once a page, and asked for nothing but what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: Half a megabyte of script stays in a page; a second look at it only runs it again.
_RUN = """async rules => {
    const options = {resultTypes: ["violations"], ...(rules.length ? {runOnly: rules} : {})};
    const results = await window.axe.run(document, options);
    return results.violations
        .filter(violation => ["serious", "critical"].includes(violation.impact))
        .map(violation => {
            const nodes = violation.nodes.slice(0, 3);
            const where = nodes.map(node => node.target.join(" ")).join(", ");
            const {html, failureSummary} = nodes[0];
            return `${violation.id} at ${where}: ${html.slice(0, 200)} ${failureSummary}`;
        });
}"""


def serious(page: Page, *, rules: Sequence[str] = ()) -> list[str]:
    """What axe calls serious or critical, a line each; of all rules, or of those named."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    problems: list[str] = page.evaluate(_RUN, list(rules))
    return problems
