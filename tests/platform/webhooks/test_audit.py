from sqlalchemy import text

from fulfillment.platform.db import transaction
from fulfillment.platform.webhooks import lines, spreading


def findings(world):
    (check,) = [c for c in world.get("audit")["invariants"] if c["number"] == 9]
    return [finding["detail"] for finding in check["findings"]]


def test_news_that_waits_for_nothing_or_overtakes_is_found_and_put_in_order(post):
    post.put(url="http://127.0.0.1:9/x")
    post.tell(1, 2, subject="o-1")
    spreading.spread()
    assert findings(post.world) == []
    with transaction() as session:
        session.execute(
            text(
                "UPDATE webhook_deliveries SET next_at = CASE WHEN next_at IS NULL"
                " THEN queued_at END"
            )
        )
    assert findings(post.world) == ["waits for nothing", "overtakes an earlier one of o-1"]
    with transaction():
        lines.line_up("shop")
    assert findings(post.world) == []
