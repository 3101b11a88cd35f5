"""What Shopify's GraphQL Admin API is asked, word by word.

Shopify's documentation, "Manage fulfillments as a fulfillment service app", and the references of
the queries and mutations that are named here.
"""

VERSION = "2026-10"
PATH = f"/admin/api/{VERSION}/graphql.json"
TOKEN = "X-Shopify-Access-Token"

ASSIGNED = """
query Assigned($kind: FulfillmentOrderMerchantRequestKind!,
               $status: FulfillmentOrderAssignmentStatus!, $after: String) {
  assignedFulfillmentOrders(first: 25, after: $after, assignmentStatus: $status) {
    nodes {
      id
      orderName
      destination {
        firstName lastName company address1 address2 city province zip countryCode
      }
      lineItems(first: 250) { nodes { id sku productTitle remainingQuantity } }
      merchantRequests(last: 1, kind: $kind) { nodes { id } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

LEFT = """
query Left($id: ID!) {
  fulfillmentOrder(id: $id) {
    id
    lineItems(first: 250) { nodes { id sku remainingQuantity } }
    fulfillments(first: 50) { nodes { trackingInfo(first: 50) { number } } }
  }
}
"""

CREATE = """
mutation Create($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id name }
    userErrors { field message }
  }
}
"""

ACCEPT, REJECT = (
    "fulfillmentOrderAcceptFulfillmentRequest",
    "fulfillmentOrderRejectFulfillmentRequest",
)
ACCEPT_CANCELLATION = "fulfillmentOrderAcceptCancellationRequest"
REJECT_CANCELLATION = "fulfillmentOrderRejectCancellationRequest"
REPLIES = (ACCEPT, REJECT, ACCEPT_CANCELLATION, REJECT_CANCELLATION)


def reply(mutation: str) -> str:
    """Return the mutation that answers a merchant's request."""
    return f"""
mutation Reply($id: ID!, $message: String) {{
  {mutation}(id: $id, message: $message) {{
    fulfillmentOrder {{ id status requestStatus }}
    userErrors {{ field message }}
  }}
}}
"""
