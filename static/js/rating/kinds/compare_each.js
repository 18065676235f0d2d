// Comparing two responses, and asking about each by itself.

import { withPanels } from "../panels.js";
import Compare from "./compare.js";

export default withPanels(Compare);
