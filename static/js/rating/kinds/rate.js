// Rating each response by itself: every question stands beside its text.

import { Control } from "../bar.js";
import { withPanels } from "../panels.js";

export default withPanels(Control);
